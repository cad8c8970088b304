/**
 * Changes the code in one place at a time, and counts the changes that a test notices:
 * `npm run mutants -- [--part pure|all] [--sample 150] [--seed 7] [--under operator/access] [--verbose]`.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { createCompiler } from "./compiler.ts";
import { createJudge, type Judge } from "./judge.ts";
import { mutantsOf, type Mutant } from "./mutants.ts";
import { filesOf, importingFiles, integrationTestsOf, isUnitTest, ROOT, type Part } from "./parts.ts";
import { importersOf, testsOf } from "./tests.ts";

const LANES = 2;

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "pure" },
    sample: { type: "string", default: "150" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    under: { type: "string", default: "operator" },
    verbose: { type: "boolean", default: false },
  },
});
const started = Date.now();
const sample = await pick(values.part as Part, Number(values.sample), Number(values.seed));
const importers = importersOf(importingFiles());
/** Test files that killed a mutant, by project. */
const killers = { unit: new Set<string>(), integration: new Set<string>() };
type Project = keyof typeof killers;

const afterUnit = await survivorsOf(sample, "unit", (file) => testsOf(file, importers, isUnitTest), LANES);
const compiling = await compilingOf(afterUnit);
const inBoth = values.part === "all";
const survivors = inBoth ? await survivorsOf(compiling, "integration", integrationTestsOf, 1) : compiling;
await expectKillersPass();
report();

async function pick(part: Part, size: number, seed: number): Promise<Mutant[]> {
  const all: Mutant[] = [];
  for (const file of filesOf(part).filter((each) => each.startsWith(join(ROOT, values.under))))
    all.push(...(await mutantsOf(file, readFileSync(file, "utf8"))));
  if (all.length === 0)
    throw new Error(`No code of --part ${part} is under ${values.under}: name another folder, or --part all`);
  const count = Math.min(size, all.length);
  print(`${count} of ${all.length} mutants, seed ${seed}`);
  const samples = fc.sample(fc.shuffledSubarray(all, { minLength: count, maxLength: count }), { seed, numRuns: 1 });
  return samples.flat();
}

async function survivorsOf(
  mutants: readonly Mutant[],
  project: Project,
  testsFor: (file: string) => string[],
  lanes: number,
): Promise<Mutant[]> {
  const survived: Mutant[] = [];
  let tried = 0;
  const rest = mutants.values();
  const work = async (judge: Judge) => {
    for (const mutant of rest) {
      const killer = await judge.try({ file: mutant.file, text: mutant.text(), tests: testsFor(mutant.file) });
      if (killer?.file) killers[project].add(killer.file);
      if (!killer) survived.push(mutant);
      if (!killer) print(`survives ${project} tests: ${describe(mutant)}`);
      else if (values.verbose) print(`${describe(mutant)} is killed by ${killer.by}`);
      if (++tried % 25 === 0) print(`${tried} of ${mutants.length} tried, ${survived.length} survived`);
    }
    judge.close();
  };
  await Promise.all(Array.from({ length: lanes }, () => work(createJudge(project))));
  return survived;
}

async function compilingOf(mutants: readonly Mutant[]): Promise<Mutant[]> {
  using compiler = await createCompiler();
  const compiling: Mutant[] = [];
  for (const mutant of mutants) {
    if (await compiler.accepts(mutant)) compiling.push(mutant);
    else if (values.verbose) print(`${describe(mutant)} does not compile`);
  }
  return compiling;
}

/** A test that fails without a mutant kills nothing. */
async function expectKillersPass(): Promise<void> {
  const [file] = filesOf("pure");
  if (file === undefined) return;
  for (const [project, tests] of Object.entries(killers)) {
    if (tests.size === 0) continue;
    const judge = createJudge(project);
    const failed = await judge.try({ file, text: readFileSync(file, "utf8"), tests: [...tests] });
    judge.close();
    if (failed) throw new Error(`The figures are worth nothing: a test fails without a mutant, by ${failed.by}`);
  }
}

function report(): void {
  for (const mutant of survivors) print(describe(mutant));
  const killed = sample.length - survivors.length;
  const byCompiler = afterUnit.length - compiling.length;
  const share = ((100 * killed) / sample.length).toFixed(1);
  const seconds = Math.round((Date.now() - started) / 1000);
  print(
    `mutants: ${killed} of ${sample.length} killed (${share} %), ${byCompiler} of them by the compiler, seed ${values.seed}, ${seconds} s`,
  );
}

function describe({ file, line, original, replacement }: Mutant): string {
  const short = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, 90);
  return `${relative(ROOT, file)}:${line}  ${short(original)}  ->  ${short(replacement)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
