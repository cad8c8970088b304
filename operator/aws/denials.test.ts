import { expect, test } from "vitest";
import { createManualClock } from "../kube/testing/manual-clock.ts";
import { createDenials } from "./denials.ts";

function denial(action: string, because = "because no identity-based policy allows the action", resource = "docs") {
  const message = `User: arn:aws:sts::111122223333:assumed-role/op/s is not authorized to perform: ${action} on resource: "arn:aws:s3:::${resource}" ${because}`;
  return Object.assign(new Error(message), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
}

function denials() {
  const clock = createManualClock();
  const news: string[] = [];
  const list = createDenials(clock, () => news.push("new"));
  return { clock, news, list, actions: () => list.list().map(({ action }) => action) };
}

test("lists each action once, with the description of its first denial", () => {
  const { list, news, actions } = denials();
  list.note(denial("s3:PutBucketPolicy"));
  list.note(denial("s3:PutBucketPolicy", undefined, "other"));
  list.note(denial("kms:CreateKey"));
  expect(actions()).toEqual(["kms:CreateKey", "s3:PutBucketPolicy"]);
  expect(list.list()[1]?.message).toContain(`"Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::docs"`);
  expect(news).toHaveLength(2);
});

test("forgets an action after a while and reports it as new when it is denied again", async () => {
  const { clock, list, news, actions } = denials();
  list.note(denial("s3:PutBucketPolicy"));
  list.note(denial("s3:GetBucketPolicy"));
  await clock.advance(10 * 60_000);
  list.note(denial("s3:GetBucketPolicy"));
  await clock.advance(10 * 60_000);
  expect(actions()).toEqual(["s3:GetBucketPolicy"]);
  list.note(denial("s3:PutBucketPolicy"));
  expect(news).toHaveLength(3);
});

test("counts only denials that are about permissions of the operator", () => {
  const { list, news, actions } = denials();
  list.note(
    denial(
      "s3:PutBucketPolicy",
      "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
    ),
  );
  list.note(Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }));
  list.note(Object.assign(new Error("slow"), { name: "SlowDown", $metadata: { httpStatusCode: 503 } }));
  list.note(new TypeError("a bug"));
  list.note(undefined);
  expect(actions()).toEqual([]);
  expect(news).toEqual([]);
});

test("lists no more than the limit of the status field", () => {
  const { list, actions } = denials();
  for (let index = 0; index < 80; index += 1) list.note(denial(`s3:Action${index}`));
  expect(actions()).toHaveLength(50);
});
