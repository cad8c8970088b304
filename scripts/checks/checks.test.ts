import { describe, expect, test } from "vitest";
import { SPEC_CHECKS } from "../../operator/api/generated/s3bucket-checks.ts";
import { violations, type Violation } from "../../operator/export/violations.ts";
import { BUCKET_ROWS } from "../../test/integration/validation/bucket-rows.ts";
import { CONFIGURATION_ROWS, NOTIFICATION_ROWS } from "../../test/integration/validation/configuration-rows.ts";
import { CORS_ROWS, LIFECYCLE_ROWS } from "../../test/integration/validation/lifecycle-rows.ts";
import { POLICY_ROWS } from "../../test/integration/validation/policy-rows.ts";
import {
  LOGGING_ROWS,
  OBJECT_LOCK_ROWS,
  REPLICATION_ROWS,
  WEBSITE_ROWS,
  WORD_ROWS,
} from "../../test/integration/validation/settings-rows.ts";
import { regularExpression, toJavaScript } from "./cel.ts";

/** test/integration/validation/validation.test.ts holds the same rows against the API server. */
const ROWS = [
  BUCKET_ROWS,
  CONFIGURATION_ROWS,
  NOTIFICATION_ROWS,
  CORS_ROWS,
  LIFECYCLE_ROWS,
  POLICY_ROWS,
  LOGGING_ROWS,
  OBJECT_LOCK_ROWS,
  REPLICATION_ROWS,
  WEBSITE_ROWS,
  WORD_ROWS,
].flat();
/** Rows about specs of new objects. */
const CREATIONS = ROWS.filter(({ before, objectName }) => before === undefined && objectName === undefined);

function fieldOf({ path }: Violation): string {
  return path.reduce<string>((field, each) => field + (typeof each === "number" ? `[${each}]` : `.${each}`), "spec");
}

describe("the checks decide as the API server", () => {
  test.each(CREATIONS.map((row) => [row.name, row] as const))("%s", (_name, { spec, refusedAt }) => {
    const fields = violations(SPEC_CHECKS, spec).map(fieldOf);
    if (refusedAt === undefined) expect(fields).toEqual([]);
    // The API server writes the keys of maps in brackets.
    else expect(fields).toContain(refusedAt.replace(/\[(\D[^\]]*)\]/, ".$1"));
  });
});

test.each([
  ["has(self.a) == has(self.b.c)", "((self.a !== undefined) === (self.b.c !== undefined))"],
  ["!has(self.a) || self.a in ['x', 'y']", '(!(self.a !== undefined) || items(["x", "y"]).includes(self.a))'],
  ["self.matches('^\\\\w/.$')", "/^\\w\\/[^\\n]$/u.test(self)"],
  ["self.all(k, k.size() >= 1)", "(items(self).every((k: any) => (size(k) >= 1)))"],
  ["{'A': 1}[self.a] + 2 < 4", '((({ "A": 1 } as any)[self.a] + 2) < 4)'],
  ["self.a ? !self.b : self.c", "(self.a ? !self.b : self.c)"],
])("%s becomes %s", (rule, expected) => {
  expect(toJavaScript(rule)).toBe(expected);
});

test.each(["self.isSorted()", "duration(self)", "self @ 1", "self.a +", "'\\x41' == self"])("refuses %s", (rule) => {
  expect(() => toJavaScript(rule)).toThrow();
});

test("a point in a class stands for itself", () => {
  expect(regularExpression("^[a.]\\..$")).toBe("/^[a.]\\.[^\\n]$/u");
});
