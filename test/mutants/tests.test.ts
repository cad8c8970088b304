import { expect, test } from "vitest";
import { importersOf, testsOf } from "./tests.ts";

const FILES: Record<string, string> = {
  "/a/rule.ts": "",
  "/a/rule.test.ts": 'import { rule } from "./rule.ts";',
  "/a/plan.ts": 'import { type Rule, rule } from "./rule.ts";\nexport { rule } from "./rule.ts";',
  "/a/plan.test.ts": 'import { plan } from "./plan.ts";',
  "/a/types.test.ts": 'import type { Rule } from "./rule.ts";',
  "/b/use.ts": 'const { plan } = await import("../a/plan.ts");',
  "/b/use.test.ts": 'import {\n  use,\n} from "./use.ts";',
  "/b/other.test.ts": 'import { other } from "./other.ts";',
};

test("a file's own test comes first, then the nearest that load it", () => {
  const importers = importersOf(Object.keys(FILES), (file) => FILES[file] ?? "");
  const tests = testsOf("/a/rule.ts", importers, (file) => file.endsWith(".test.ts"));
  expect(tests).toEqual(["/a/rule.test.ts", "/a/plan.test.ts", "/b/use.test.ts"]);
});
