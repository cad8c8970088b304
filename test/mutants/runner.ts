/**
 * A child process that runs tests on mutants, one after the other. It swaps the text of a module while vitest loads it,
 * so that no file of the work tree changes.
 */
import { createVitest, type Reporter, type Vitest } from "vitest/node";
import config from "../../vitest.config.ts";

/** What the parent sends: the absolute path of a module, its text as mutated, and test files in the order to run. */
export interface Trial {
  readonly file: string;
  readonly text: string;
  readonly tests: readonly string[];
}

/** What the child sends. "progress": a test ended. "ended": all did, or one failed, which killed the mutant. */
export type Report =
  { readonly is: "ready" | "progress" } | { readonly is: "ended"; readonly killer?: Killer | undefined };

/** The test file that noticed a mutant, and its test or what else happened. */
export interface Killer {
  readonly file?: string;
  readonly by: string;
}

const ROOT = new URL("../..", import.meta.url).pathname;
let trial: Trial | undefined;
let killer: Killer | undefined;
let testsRun = 0;

const send = (report: Report) => process.send?.(report);
const vitest = await startVitest(process.argv[2] ?? "unit");
process.on("message", (message: Trial) => void run(message));
process.on("disconnect", () => void vitest.close().finally(() => process.exit()));
send({ is: "ready" });

async function run(next: Trial): Promise<void> {
  if (trial) vitest.invalidateFile(trial.file);
  vitest.invalidateFile(next.file);
  [trial, killer, testsRun] = [next, undefined, 0];
  const project = vitest.getRootProject();
  const specifications = next.tests.map((test) => project.createSpecification(test));
  const { unhandledErrors } = await vitest.runTestSpecifications(specifications);
  if (unhandledErrors.length > 0) killer ??= { by: "an unhandled error" };
  if (!killer && testsRun === 0) throw new Error(`No test ran of ${next.tests.join(", ")}`);
  send({ is: "ended", killer });
}

/** Failures are noted as they happen: what vitest returns at the end contains the results of earlier runs. */
function createReporter(): Reporter {
  return {
    onTestCaseResult() {
      testsRun += 1;
      send({ is: "progress" });
    },
    onTestModuleEnd(module) {
      if (module.state() !== "failed") return;
      const [test] = module.children.allTests("failed");
      killer ??= { file: module.moduleId, by: `${module.relativeModuleId}${test ? `: ${test.fullName}` : ""}` };
    },
  };
}

/** One project of vitest.config.ts, without the reporters, watchers and caches that would see mutated text. */
async function startVitest(name: string): Promise<Vitest> {
  const project = (config.test?.projects ?? []).find(
    (each) => typeof each === "object" && "test" in each && each.test?.name === name,
  );
  if (typeof project !== "object" || !("test" in project)) throw new Error(`vitest.config.ts has no project ${name}`);
  const { projects: _, ...shared } = config.test ?? {};
  return createVitest(
    "test",
    {
      ...shared,
      ...project.test,
      config: false,
      root: ROOT,
      watch: false,
      bail: 1,
      maxWorkers: 1,
      fileParallelism: false,
      fsModuleCache: false,
      reporters: [createReporter()],
      sequence: { sequencer: InGivenOrder },
    } as never,
    { plugins: [{ name: "mutant", enforce: "pre", load: (id) => (id === trial?.file ? trial.text : undefined) }] },
  );
}

function InGivenOrder() {
  return { sort: (specs: unknown) => specs, shard: (specs: unknown) => specs };
}
