import { expect, test } from "vitest";
import { actionsOf, operatorPolicy } from "./permissions.ts";
import { SETTINGS } from "./settings/index.ts";

const { Statement } = operatorPolicy("aws-cn");
const allowed = new Map(Statement.map(({ Sid, Action }) => [Sid, Action]));

test("all that a setting calls is allowed, in a statement of its own", () => {
  for (const setting of SETTINGS) {
    const sid = `Setting${setting.name.charAt(0).toUpperCase()}${setting.name.slice(1)}`;
    expect(allowed.get(sid)).toEqual([...new Set(actionsOf(setting))].sort());
  }
});

test("and nothing with a wildcard, nor outside the partition", () => {
  for (const { Effect, Action, Resource } of Statement) {
    expect(Effect).toBe("Allow");
    expect(Action.join()).not.toContain("*");
    // AWS knows no resource for these two.
    if (Action.join() === "kms:CreateKey,kms:ListKeys") continue;
    for (const arn of [Resource].flat()) expect(arn).toMatch(/^arn:aws-cn:(s3|kms|iam):/);
  }
});

test("each Sid stands once, and is one that IAM takes", () => {
  expect(allowed.size).toBe(Statement.length);
  for (const sid of allowed.keys()) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
});
