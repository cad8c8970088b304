import { IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { readRole } from "./role.ts";

const POLICY = "arn:aws:iam::111122223333:policy/p";
const DOCUMENT = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::docs/*" }],
};

/** Answers by API name; all other calls are denied. */
function iamThat(answers: Record<string, object>): IAMClient {
  const iam = new IAMClient({ region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  iam.middlewareStack.add(
    (_next, { commandName = "" }) =>
      () => {
        const output = answers[commandName.replace("Command", "")];
        if (output !== undefined) return Promise.resolve({ output: { $metadata: {}, ...output }, response: {} });
        return Promise.reject(
          Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }),
        );
      },
    { step: "initialize", priority: "high" },
  );
  return iam;
}

const ANSWERS = {
  ListRolePolicies: { PolicyNames: ["s3-operator"] },
  GetRolePolicy: { PolicyDocument: encodeURIComponent(JSON.stringify(DOCUMENT)) },
  ListAttachedRolePolicies: { AttachedPolicies: [{ PolicyArn: POLICY }] },
  GetRole: { Role: { PermissionsBoundary: { PermissionsBoundaryArn: POLICY } } },
  GetPolicy: { Policy: { DefaultVersionId: "v7" } },
  GetPolicyVersion: { PolicyVersion: { Document: encodeURIComponent(JSON.stringify(DOCUMENT)) } },
};

test("reads inline and attached policies and the boundary, with their documents", async () => {
  expect(await readRole(iamThat(ANSWERS), "arn:aws:iam::111122223333:role/s3-operator/app")).toEqual({
    policies: {
      value: [
        { name: "inline policy 's3-operator'", document: DOCUMENT },
        { name: POLICY, document: DOCUMENT },
      ],
    },
    boundary: { value: { name: POLICY, document: DOCUMENT } },
  });
});

test.each(["ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies", "GetPolicy", "GetPolicyVersion"] as const)(
  "%s denied: names the action to allow, and returns no partial list",
  async (denied) => {
    const { [denied]: _, ...answers } = ANSWERS;
    expect((await readRole(iamThat(answers), "arn:aws:iam::111122223333:role/app")).policies).toEqual({
      remedy: `allow iam:${denied}`,
    });
  },
);

test("GetRole denied: does not conclude that there is no boundary", async () => {
  const { GetRole: _, ...answers } = ANSWERS;
  expect((await readRole(iamThat(answers), "arn:aws:iam::111122223333:role/app")).boundary).toEqual({
    remedy: "allow iam:GetRole",
  });
});
