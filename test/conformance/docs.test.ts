import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { REASON } from "../../operator/api/reasons.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => existsSync(join(ROOT, path)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Reasons that code writes as literals: in failures, outcomes and conditions, and the kinds of AWS errors. */
function reasonsInCode(): string[] {
  const sources = files.filter(
    (path) => /^operator\/.*\.ts$/.test(path) && !/\.test\.ts$|\/testing\/|\/generated\//.test(path),
  );
  const literals = sources.flatMap((path) =>
    [...read(path).matchAll(/\breason: "([A-Za-z]+)"/g)].map(([, word]) => word),
  );
  const kinds = [...read("operator/aws/error-codes.ts").matchAll(/^ {2}\| "([A-Za-z]+)"/gm)].map(([, word]) => word);
  return [...literals, ...kinds, ...Object.values(REASON)].filter((word) => word !== undefined);
}

/** Reasons that never reach a condition: the reconcile is repeated without a status. */
const QUIET = new Set(["Aborted", "ShuttingDown", "Quota", "WrongRegion"]);

test("docs/reasons.md lists every reason that the code can set", () => {
  const page = read("docs/reasons.md");
  const missing = new Set(reasonsInCode().filter((reason) => !QUIET.has(reason) && !page.includes(`\`${reason}\``)));
  expect([...missing]).toEqual([]);
});

describe("links in Markdown have targets", () => {
  test.each(files.filter((path) => path.endsWith(".md")))("%s", (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? "");
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
  });
});

test("no file contains a path of the machine on which it was written", () => {
  const home = process.env["HOME"] ?? "";
  const texts = files.filter((path) => /\.(ts|mjs|md|ya?ml|json|txt)$|Makefile|Dockerfile/.test(path));
  const bearing = texts.filter(
    (path) => read(path).includes(ROOT) || (home.length > 1 && read(path).includes(`${home}/`)),
  );
  expect(bearing).toEqual([]);
});

test("the lock file contains no registry address", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});
