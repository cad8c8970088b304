import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, S3BucketSpec } from "../../api/types.ts";
import { awsAccount, s3Bucket } from "../testing/fixtures.ts";
import { thrownOutcome } from "../testing/thrown.ts";
import { deletionViolation } from "./guardrails.ts";

type Policy = S3BucketSpec["deletionPolicy"];
type Allowed = AWSAccountSpec["allowedDeletionPolicies"];

function violation(deletionPolicy: Policy, allowed: Allowed, confirmation?: string) {
  const annotations = confirmation === undefined ? {} : { "s3-operator.io/confirm-delete-contents": confirmation };
  const object = s3Bucket({ ...(deletionPolicy && { deletionPolicy }) }, { annotations });
  return deletionViolation(object, awsAccount({ ...(allowed && { allowedDeletionPolicies: allowed }) }), "acme-docs");
}

async function reasonOf(...about: Parameters<typeof violation>): Promise<string | undefined> {
  const stop = violation(...about);
  if (stop === undefined) return undefined;
  const outcome = await thrownOutcome(() => {
    throw stop;
  });
  expect(outcome).toMatchObject({ kind: "waiting" });
  return "reason" in outcome ? outcome.reason : undefined;
}

describe("an account without allowedDeletionPolicies", () => {
  test.each<[Policy, string | undefined]>([
    [undefined, undefined],
    ["Retain", undefined],
    ["DeleteIfEmpty", undefined],
    ["DeleteWithContents", "DeletionPolicyNotAllowed"],
  ])("%s: %s", async (policy, reason) => {
    expect(await reasonOf(policy, undefined, "acme-docs")).toBe(reason);
  });
});

test.each<[Policy, Allowed, string | undefined, string | undefined]>([
  [undefined, ["DeleteIfEmpty"], undefined, "DeletionPolicyNotAllowed"],
  ["DeleteIfEmpty", ["Retain"], undefined, "DeletionPolicyNotAllowed"],
  ["DeleteIfEmpty", ["DeleteIfEmpty"], undefined, undefined],
  ["DeleteWithContents", ["Retain"], "acme-docs", "DeletionPolicyNotAllowed"],
  ["DeleteWithContents", ["DeleteWithContents"], undefined, "DeletionNotConfirmed"],
  ["DeleteWithContents", ["DeleteWithContents"], "", "DeletionNotConfirmed"],
  ["DeleteWithContents", ["DeleteWithContents"], "true", "DeletionNotConfirmed"],
  ["DeleteWithContents", ["DeleteWithContents"], "docs", "DeletionNotConfirmed"],
  ["DeleteWithContents", ["DeleteWithContents"], "acme-docs ", "DeletionNotConfirmed"],
  ["DeleteWithContents", ["DeleteWithContents"], "acme-docs", undefined],
])("%s, where %j are allowed and %j is confirmed: %s", async (policy, allowed, confirmation, reason) => {
  expect(await reasonOf(policy, allowed, confirmation)).toBe(reason);
});

test("the message has advice, word for word", () => {
  expect(violation("DeleteWithContents", ["Retain", "DeleteWithContents"])?.message).toContain(
    "kubectl annotate --overwrite s3bucket docs -n team s3-operator.io/confirm-delete-contents=acme-docs",
  );
  const message = violation("DeleteWithContents", undefined)?.message;
  expect(message).toContain("set spec.deletionPolicy to Retain or DeleteIfEmpty");
  expect(message).toContain("add DeleteWithContents to spec.allowedDeletionPolicies");
});
