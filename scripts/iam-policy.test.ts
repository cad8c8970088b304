import { expect, test } from "vitest";
import { actionsOf } from "../operator/bucket/iam-actions.ts";
import { SETTINGS } from "../operator/bucket/settings/index.ts";
import { operatorPolicy } from "./iam-policy.ts";

const { Statement } = operatorPolicy("aws-cn");
const allowed = new Map(Statement.map(({ Sid, Action }) => [Sid, Action]));

test("every action of a setting is allowed, in a statement for the setting", () => {
  for (const setting of SETTINGS) {
    const sid = `Setting${setting.name.charAt(0).toUpperCase()}${setting.name.slice(1)}`;
    expect(allowed.get(sid)).toEqual([...new Set(actionsOf(setting))].sort());
  }
});

/** Statements whose actions have no resource type at AWS. */
const WITHOUT_RESOURCE = new Set(["ManagedKMSKeyCreation", "AccountPublicAccessBlock", "AccessSweep"]);

test("no statement has a wildcard action, or a resource outside the partition", () => {
  for (const { Sid, Effect, Action, Resource } of Statement) {
    expect(Effect).toBe("Allow");
    expect(Action.join()).not.toContain("*");
    if (WITHOUT_RESOURCE.has(Sid)) continue;
    for (const arn of [Resource].flat()) expect(arn).toMatch(/^arn:aws-cn:(s3|kms|iam|eks):/);
  }
});

test("each Sid is unique and valid for IAM", () => {
  expect(allowed.size).toBe(Statement.length);
  for (const sid of allowed.keys()) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
});
