/** The command itself is tried on code whose tests are known to notice a change, or not to. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createJudge } from "./judge.ts";
import { ROOT } from "./parts.ts";

const file = join(ROOT, "operator/reconcile/change.ts");
const tests = [join(ROOT, "operator/reconcile/change.test.ts")];
const text = readFileSync(file, "utf8");
const judge = createJudge("unit");
afterAll(() => judge.close());

test("names the test that notices a mutant, and forgets the mutant", async () => {
  expect(await judge.try({ file, text, tests })).toBeUndefined();
  const mutant = text.replace("JSON.stringify(value)", '""');
  expect(mutant).not.toBe(text);
  expect(await judge.try({ file, text: mutant, tests })).toMatchObject({ file: tests[0] });
  const others = [join(ROOT, "operator/kube/changes.test.ts")];
  expect(await judge.try({ file, text: mutant, tests: others })).toBeUndefined();
  expect(await judge.try({ file, text, tests })).toBeUndefined();
});

test("ends a mutant that hangs", async () => {
  const impatient = createJudge("unit", 2_000);
  expect(await impatient.try({ file, text: "for (;;);", tests })).toEqual({ by: "the timeout" });
});
