import { expect, test } from "vitest";
import { asList } from "../../aws/policy/document.ts";
import { kmsActionOf } from "../../explain/question.ts";
import { summarize } from "../summary.ts";
import { BUCKET, KEY_ARN } from "../testing/requests.ts";
import { PERMISSIONS, type Permission } from "./grants.ts";
import { permissionsPolicy } from "./permissions.ts";

/** Written from AWS's reference and not from grants.ts; a new permission must be added here as well. */
const EXPECTED: Readonly<Record<Permission, { s3: string[]; kms: string[] }>> = {
  Read: { s3: ["s3:GetObject"], kms: ["kms:Decrypt"] },
  Write: {
    s3: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  Delete: { s3: ["s3:DeleteObject"], kms: [] },
  List: { s3: ["s3:ListBucket"], kms: [] },
};

const BUCKET_WITH_KEY = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket" as const] } };

test.each(PERMISSIONS)("%s: policy, summary and explain name the same actions", (permission) => {
  const { s3, kms } = EXPECTED[permission];
  const grants = [{ prefix: "raw/", permissions: [permission] }];
  const { Statement } = permissionsPolicy(grants, BUCKET_WITH_KEY);
  expect(Statement.flatMap(({ Action }) => asList(Action))).toEqual([...s3, ...kms]);
  const [, s3Line, kmsLine] = summarize({ principals: [] }, grants, BUCKET_WITH_KEY);
  expect(s3Line).toBe(`${s3.join(", ")} below raw/`);
  expect(kmsLine?.startsWith(`${kms.join(", ")} with`)).toBe(kms.length > 0 ? true : undefined);
  const explained = s3.flatMap((action) => kmsActionOf(action) ?? []);
  expect(explained).toEqual(kms.slice(-1));
});

test("a list of keys is allowed below the prefix only", () => {
  const { Statement } = permissionsPolicy([{ prefix: "raw/", permissions: ["List"] }], BUCKET);
  expect(Statement[0]?.Condition).toEqual({ StringLike: { "s3:prefix": "raw/*" } });
});
