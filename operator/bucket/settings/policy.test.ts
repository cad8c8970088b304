import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import { MAX_POLICY_BYTES, type Statement } from "../policy/document.ts";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { policy as setting } from "./policy.ts";
import { SettingRefused } from "./setting.ts";

const READ: Statement = {
  Sid: "S3OperatorSpecRead",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::444455556666:role/reader" },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::docs/*",
};
const FOREIGN: Statement = { ...READ, Sid: "Theirs" };
const NAMELESS: Statement = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::docs" };

function document(...Statement: Statement[]) {
  return { Version: "2012-10-17", Statement };
}

function keep(...statements: Statement[]) {
  return { statements, unmanagedStatements: "Keep" };
}

function paths(desired: unknown, observed: unknown): string[] {
  return setting.diff(desired, observed).map(({ path }) => path);
}

describe("desired", () => {
  const sids = (spec: S3BucketSpec["policy"], baseline: boolean) => {
    const wanted = setting.desired(spec === undefined ? {} : { policy: spec }, settingContextWith({ baseline }));
    return (wanted as { statements: Statement[] } | undefined)?.statements.map(({ Sid }) => Sid);
  };
  const TRANSPORT = ["S3OperatorDenyInsecureTransport", "S3OperatorDenyOldTLS"];

  test.each([
    ["nothing", undefined, false, undefined],
    ["the baseline", undefined, true, TRANSPORT],
    ["an empty spec", {}, false, []],
    ["an empty spec on the baseline", {}, true, TRANSPORT],
    ["a spec against the baseline", { minimumTLSVersion: "None" as const }, true, []],
    [
      "a statement on the baseline",
      {
        statements: [{ sid: "Read", effect: "Allow" as const, principals: { aws: ["*"] }, actions: ["s3:GetObject"] }],
      },
      true,
      [...TRANSPORT, "S3OperatorSpecRead"],
    ],
  ])("%s", (_case, spec, baseline, expected) => {
    expect(sids(spec, baseline)).toEqual(expected);
  });

  test("statements of others stay, unless told otherwise", () => {
    const context = settingContextWith();
    expect(setting.desired({ policy: {} }, context)).toMatchObject({ unmanagedStatements: "Keep" });
    const spec = { policy: { unmanagedStatements: "Remove" } } as const;
    expect(setting.desired(spec, context)).toMatchObject({ unmanagedStatements: "Remove" });
  });
});

describe("observe", () => {
  test("the policy, with elements that we do not know", async () => {
    const Policy = JSON.stringify({ Version: "2008-10-17", Id: "theirs", Statement: { ...FOREIGN, Future: 1 } });
    const { bucket, calls } = fakeBucket(() => ({ Policy }));
    expect(await setting.observe(bucket)).toEqual({
      Version: "2008-10-17",
      Id: "theirs",
      Statement: [{ ...FOREIGN, Future: 1 }],
    });
    expect(calls).toEqual([{ command: "GetBucketPolicyCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    const { bucket } = fakeBucket(failing("NoSuchBucketPolicy", 404));
    expect(await setting.observe(bucket)).toEqual(document());
  });
});

describe("diff finds nothing in", () => {
  test.each([
    ["statements of others", keep(READ), document(FOREIGN, READ, NAMELESS)],
    ["no statement wanted, and none of ours", keep(), document(FOREIGN)],
    [
      "AWS's own spelling",
      keep(READ),
      document({ ...READ, Action: ["s3:getobject"], Resource: ["arn:aws:s3:::docs/*"] }),
    ],
    ["another version and id", keep(READ), { ...document(READ), Version: "2008-10-17", Id: "theirs" }],
    [
      "statements in another order",
      keep(READ, { ...READ, Sid: "S3OperatorB" }),
      document({ ...READ, Sid: "S3OperatorB" }, READ),
    ],
  ])("%s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  test.each([
    ["a statement that is gone", document(), ["statements[S3OperatorSpecRead]"]],
    ["one that was changed", document({ ...READ, Effect: "Deny" }), ["statements[S3OperatorSpecRead]"]],
    [
      "a principal that was deleted and made anew, which AWS shows by its unique id",
      document({ ...READ, Principal: { AWS: "AROAEXAMPLE" } }),
      ["statements[S3OperatorSpecRead]"],
    ],
    [
      "one of ours that is no longer wanted",
      document(READ, { ...READ, Sid: "S3OperatorOld" }),
      ["statements[S3OperatorOld]"],
    ],
    ["one that stands twice", document(READ, READ), ["statements[S3OperatorSpecRead]"]],
  ])("%s", (_case, observed, expected) => {
    expect(paths(keep(READ), observed)).toEqual(expected);
  });

  test("statements of others where they are to go, those without a Sid by their place", () => {
    const desired = { statements: [READ], unmanagedStatements: "Remove" };
    expect(paths(desired, document(FOREIGN, READ, NAMELESS))).toEqual(["statements[Theirs]", "statements[#3]"]);
  });

  test("what is there, and what is not", () => {
    const [added] = setting.diff(keep(READ), document());
    expect(added).toMatchObject({ desired: expect.stringContaining("s3:getobject"), actual: "" });
    const [removed] = setting.diff(keep(), document(READ));
    expect(removed).toMatchObject({ desired: "", actual: expect.stringContaining("s3:getobject") });
  });
});

describe("write", () => {
  async function written(desired: unknown, observed: unknown) {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(calls).toHaveLength(1);
    const { command, input } = calls[0] ?? { command: "", input: {} };
    const { Policy, ...rest } = input as { Policy?: string };
    expect(rest).toEqual(bucket.ref);
    return { command, policy: Policy === undefined ? undefined : (JSON.parse(Policy) as unknown) };
  }

  test("statements of others as they came, then ours, in a list", async () => {
    const observed = {
      Version: "2008-10-17",
      Id: "theirs",
      Statement: [{ ...READ, Effect: "Deny" }, FOREIGN, NAMELESS],
    };
    expect(await written(keep(READ), observed)).toEqual({
      command: "PutBucketPolicyCommand",
      policy: { Version: "2008-10-17", Id: "theirs", Statement: [FOREIGN, NAMELESS, READ] },
    });
  });

  test("only ours, where the others are to go", async () => {
    const desired = { statements: [READ], unmanagedStatements: "Remove" };
    expect(await written(desired, document(FOREIGN))).toEqual({
      command: "PutBucketPolicyCommand",
      policy: document(READ),
    });
  });

  test("deletes a policy without statements, which a Put may not be", async () => {
    expect(await written(keep(), document(READ))).toEqual({ command: "DeleteBucketPolicyCommand", policy: undefined });
  });

  test("refuses what S3 would, before the call, and counts statements of others", async () => {
    const { bucket, calls } = fakeBucket();
    const bulky = { ...FOREIGN, Resource: "é".repeat(MAX_POLICY_BYTES / 2) };
    const refusal = setting.write(bucket, keep(READ), document(bulky));
    await expect(refusal).rejects.toThrow(SettingRefused);
    await expect(refusal).rejects.toMatchObject({ reason: "PolicyTooLarge" });
    expect(calls).toEqual([]);
  });
});

test("reset takes ours away and leaves the rest", () => {
  const reset = setting.reset(document(FOREIGN, READ), settingContextWith());
  expect(paths(reset, document(FOREIGN, READ))).toEqual(["statements[S3OperatorSpecRead]"]);
  expect(setting.diff(reset, document(FOREIGN))).toEqual([]);
  expect(setting.reset(document(FOREIGN), settingContextWith())).toBeUndefined();
});

describe("report", () => {
  test("the size of the whole policy, and whose statements are in it", () => {
    const observed = document(FOREIGN, READ, NAMELESS);
    expect(setting.report?.(keep(READ), observed)).toEqual({
      policy: { bytes: JSON.stringify(observed).length, unmanagedStatements: ["Theirs", "#3"] },
    });
  });

  test("no policy has no bytes", () => {
    expect(setting.report?.(keep(), document())).toEqual({ policy: { bytes: 0, unmanagedStatements: [] } });
  });

  test("keeps within the CRD's bounds", () => {
    const many = Array.from({ length: 101 }, () => ({ ...FOREIGN, Sid: "x".repeat(300) }));
    const { unmanagedStatements } = setting.report?.(keep(), document(...many)).policy ?? {};
    expect(unmanagedStatements).toHaveLength(100);
    expect(unmanagedStatements?.[0]).toHaveLength(256);
  });
});
