import { readFileSync } from "node:fs";
import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { describe, expect, test } from "vitest";
import type { BucketAccess } from "../../operator/api/types.ts";
import { coverageOf, NO_ACTIONS, rowsOf, totalsOf, type Row } from "./coverage.ts";
import { manifestOf, MANIFESTS } from "./manifests.ts";

const rows = rowsOf(readFileSync(new URL("serviceaccounts.tsv", import.meta.url), "utf8"));

test("counts the ServiceAccounts to which BucketAccesses give everything, and names what the others lack", () => {
  const { all, covered, notCovered, missing } = totalsOf(rows.map(coverageOf));
  expect({ all, notCovered }).toEqual({ all: 373, notCovered: 91 });
  expect(Object.fromEntries(covered)).toEqual({
    "role.policyArns or role.arn": 101,
    "grants on one S3Bucket": 90,
    "several buckets + role.policyArns or role.arn": 52,
    "bucket + role.policyArns or role.arn": 16,
    "several buckets": 8,
    "several buckets + bucket": 8,
    bucket: 6,
    "several buckets + bucket + role.policyArns or role.arn": 1,
  });
  expect([...missing].map(([reason, count]) => `${count} ${reason.split(": ")[0]}`).sort()).toEqual([
    "1 s3:ListAllMyBuckets",
    "13 s3:*",
    "13 s3:GetObjectAcl",
    "3 s3:GetObjectAttributes",
    "3 s3:GetObjectRetention",
    "3 s3:GetObjectVersionTagging",
    "3 s3:PutobjectAcl",
    "47 s3:DeleteObject*",
    "47 s3:GetObject*",
    "47 s3:PutObject*",
    "56 s3:PutObjectAcl",
    "6 s3:DeleteObjectVersion",
    "6 s3:PutLifecycleConfiguration",
  ]);
});

test("an action counts whatever its letter case, and a pattern counts only with all that it matches", () => {
  const row: Row = { line: 1, managed: 1, others: 0, services: [], actions: ["s3:Putobject", "s3:GetObjectV*"] };
  expect(coverageOf(row)).toMatchObject({
    permissions: ["Write"],
    missing: ["s3:GetObjectV*: permissions allow only s3:GetObjectVersion of it"],
  });
});

test("more buckets than fit the policies of one role are missing", () => {
  const row: Row = { line: 1, managed: 20, others: 0, services: [], actions: [] };
  expect(coverageOf(row).missing).toEqual([expect.stringContaining("The role's policies are too long")]);
});

test("only names that AWS does not know are ignored", async () => {
  const names = new Set(rows.flatMap(({ actions }) => actions).filter((action) => !action.includes("*")));
  for (const action of names)
    expect({ action, known: await isKnown(action) }).toEqual({ action, known: !isIgnored(action) });
});

const isIgnored = (action: string) => NO_ACTIONS.has(action.toLowerCase());

async function isKnown(action: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  return isWildcardOnlyAction(service, name).then(
    () => true,
    () => false,
  );
}

describe.each(MANIFESTS)("manifests/%s", (file) => {
  const { line, objects } = manifestOf(file);
  const row = rows.find((each) => each.line === line);
  if (row === undefined) throw new Error(`${file}: there is no line ${line}`);
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const accesses = ofKind("BucketAccess") as BucketAccess[];

  test("has the buckets of its line", () => {
    const external = accesses.filter(({ spec }) => spec.bucket !== undefined);
    const buckets = { managed: ofKind("S3Bucket").length, others: external.length };
    // A line without any bucket has one that its policy names by a variable.
    expect(buckets).toEqual({ managed: row.managed, others: row.managed + row.others === 0 ? 1 : row.others });
    expect(accesses).toHaveLength(buckets.managed + buckets.others);
  });

  test("grants the permissions that its line asks for, and names policies or a role if it has others", () => {
    const { permissions, missing } = coverageOf(row);
    for (const { spec } of accesses) expect(spec.grants).toEqual([{ prefix: "*", permissions }]);
    const isBeyondGrants = accesses.some(({ spec }) => (spec.role?.policyArns ?? spec.role?.arn) !== undefined);
    expect(isBeyondGrants).toBe(row.services.length > 0 || missing.length > 0);
  });
});
