/** Which unit tests are to notice a change of a file: those that import it, the nearest first. */
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** A test that is farther away notices a change by luck, and a survivor would take minutes. */
const MAX_TESTS = 40;
/** Rules for all code, however far away. */
const SWEEPS = "/test/conformance/";

/** The files that import a file, by path. Types vanish, so `import type` does not count. */
export type Importers = ReadonlyMap<string, ReadonlySet<string>>;

export function importersOf(
  files: readonly string[],
  textOf = (file: string) => readFileSync(file, "utf8"),
): Importers {
  const importers = new Map<string, Set<string>>();
  for (const file of files)
    for (const target of importsOf(textOf(file), dirname(file))) {
      const known = importers.get(target) ?? new Set();
      importers.set(target, known.add(file));
    }
  return importers;
}

function importsOf(text: string, folder: string): string[] {
  const found = text.matchAll(/^(?:import|export|\})(?! type\b)[^;]*? from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm);
  return [...found].map(([, from, lazy]) => join(folder, from ?? lazy ?? ""));
}

/** Test files that load a file: its own, those of its folder, then by the distance of folders and imports. */
export function testsOf(file: string, importers: Importers, isTest: (file: string) => boolean): string[] {
  const steps = new Map([[file, 0]]);
  for (const [each, distance] of steps)
    for (const importer of importers.get(each) ?? []) if (!steps.has(importer)) steps.set(importer, distance + 1);
  const stem = basename(file, ".ts");
  const rank = (test: string): number => {
    const away = relative(dirname(file), dirname(test)).split("/").filter(Boolean).length;
    const isOwn = away === 0 && basename(test).startsWith(stem);
    return (isOwn ? 0 : 1_000) + 10 * away + (steps.get(test) ?? 0);
  };
  const tests = [...steps.keys()].filter(isTest).sort((one, other) => rank(one) - rank(other));
  return tests.filter((test, index) => index < MAX_TESTS || test.includes(SWEEPS));
}
