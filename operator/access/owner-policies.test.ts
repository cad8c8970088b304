/** What other accounts must add, as a third-party evaluator of IAM policies judges it. */

import { describe, expect, test } from "vitest";
import type { Grant } from "../api/types.ts";
import type { PolicyDocument, Statement } from "../aws/policy/document.ts";
import { ownerPolicies } from "./owner-policies.ts";
import { PERMISSIONS } from "./policy/grants.ts";
import type { AccessBucket } from "./policy/model.ts";
import { permissionsPolicy } from "./policy/permissions.ts";
import { keysAround } from "./testing/arbitrary-grants.ts";
import { expectVerdicts, requestsAt, requestsOnBucket } from "./testing/expected-requests.ts";
import { BUCKET, KEY_ARN, OTHER_ACCOUNT, ownRole } from "./testing/requests.ts";

const OWN_ACCOUNT = BUCKET.accountId;
const OWNER = { cluster: "prod", namespace: "team", name: "reader" };
const ROLE = `arn:aws:iam::${OWN_ACCOUNT}:role/own`;
const FOREIGN_KEY = KEY_ARN.replace(OWN_ACCOUNT, OTHER_ACCOUNT);
const THEIRS: AccessBucket = {
  ...BUCKET,
  accountId: OTHER_ACCOUNT,
  encryption: { kmsKeyArn: FOREIGN_KEY, contexts: ["Bucket", "Object"] },
};

function policies(grants: Grant[], bucket = THEIRS, roleArns = [ROLE]) {
  return ownerPolicies({ owner: OWNER, accountId: OWN_ACCOUNT, roleArns }, grants, bucket);
}

function statementsOf(text: string | undefined): Statement[] {
  return (JSON.parse(text ?? "") as PolicyDocument).Statement;
}

describe.each(PERMISSIONS)("with the policies for %s", (permission) => {
  const grants: Grant[] = [{ prefix: "team-a/", permissions: [permission] }];
  const added = policies(grants);
  const bucket = statementsOf(added?.bucketPolicy);
  const key = added?.keyPolicy === undefined ? [] : statementsOf(added.keyPolicy);
  const requests = ["team-a/k", ...keysAround("team-a/"), ""].flatMap((each) => requestsAt(each, grants, THEIRS));
  const onS3 = [...requests, ...requestsOnBucket(grants, THEIRS)].filter(([{ action }]) => action.startsWith("s3:"));
  const allowAll = { Version: "2012-10-17", Statement: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }] };

  test("the role gets in as far as its grants", async () => {
    await expectVerdicts({ ...ownRole(permissionsPolicy(grants, THEIRS)), bucket, key }, onS3);
  });

  test("a role that its own account allows everything gets no more", async () => {
    await expectVerdicts({ ...ownRole(allowAll), bucket, key }, onS3);
  });

  test("no other role gets in", async () => {
    const caller = `arn:aws:sts::${OWN_ACCOUNT}:assumed-role/other/session`;
    const denied = onS3.map(([request]) => [request, false] as const);
    await expectVerdicts({ caller, identity: allowAll, bucket, key }, denied);
  });
});

describe("ownerPolicies", () => {
  const grants: Grant[] = [{ prefix: "team-a/", permissions: ["Read", "Write"] }];

  test("name all roles, and have Sids that no operator takes for its own", () => {
    const both = policies(grants, THEIRS, [`${ROLE}-2`, ROLE]);
    for (const statement of [...statementsOf(both?.bucketPolicy), ...statementsOf(both?.keyPolicy)]) {
      expect(statement).toMatchObject({ Effect: "Allow", Principal: { AWS: [ROLE, `${ROLE}-2`] } });
      expect(statement.Sid).toMatch(/^BucketAccess[0-9a-f]{16}n[0-9]+$/);
    }
  });

  test("are absent for a bucket and a key of the role's own account", () => {
    expect(policies(grants, BUCKET)).toBeUndefined();
    expect(policies(grants, { ...THEIRS, accountId: OWN_ACCOUNT })).toEqual({
      keyPolicy: expect.any(String) as string,
    });
    expect(policies(grants, { ...THEIRS, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] } })).toEqual({
      bucketPolicy: expect.any(String) as string,
    });
    expect(policies(grants, THEIRS, [])).toBeUndefined();
  });

  test("leave out a policy that AWS would not take", () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      prefix: `${"x".repeat(900)}${index}/`,
      permissions: ["Read" as const],
    }));
    expect(policies(many)).toBeUndefined();
  });
});
