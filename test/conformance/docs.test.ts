import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { REASONS } from "../../operator/api/reasons.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => existsSync(join(ROOT, path)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("docs/reasons.md has one row for each reason of operator/api/reasons.ts", () => {
  const firstCells = [...read("docs/reasons.md").matchAll(/^\| (`.*?) *\|/gm)].map(([, cell = ""]) => cell);
  const rows = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, reason = ""]) => reason));

  test.each([...REASONS])("%s", (reason) => {
    const found = rows.filter((row) => row === reason).length;
    expect(found, `${reason} has ${found} rows in docs/reasons.md: describe it there in one row of one table`).toBe(1);
  });

  test("and no row besides", () => {
    const unknown = rows.filter((row) => !(REASONS as ReadonlySet<string>).has(row));
    const help = "Remove these rows from docs/reasons.md, or add the reasons to operator/api/reasons.ts";
    expect(unknown, help).toEqual([]);
  });
});

describe("links in Markdown lead somewhere", () => {
  test.each(files.filter((path) => path.endsWith(".md")))("%s", (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? "");
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
  });
});

test("no file contains a path of the machine that it was written on", () => {
  const home = process.env["HOME"] ?? "";
  const texts = files.filter((path) => /\.(ts|mjs|md|ya?ml|json|txt)$|Makefile|Dockerfile/.test(path));
  const offenders = texts.filter(
    (path) => read(path).includes(ROOT) || (home.length > 1 && read(path).includes(`${home}/`)),
  );
  expect(offenders).toEqual([]);
});

test("the lock file contains no address of a registry", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});
