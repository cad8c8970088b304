/** The contract tests of the simulator, on LocalStack: exactly the recorded differences. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { NEEDS_SIMULATOR } from "../aws/contract/target.ts";
import { runCommand } from "../controlplane/command.ts";
import { tail } from "../controlplane/progress.ts";
import { DIFFERENCES, SIMULATOR_ONLY } from "./contract-differences.ts";

/** The part of a report that is read, of vitest's reporter `json`. */
interface Report {
  testResults: { name: string; message: string; assertionResults: Result[] }[];
}

interface Result {
  fullName: string;
  status: string;
  failureMessages: string[];
}

const CONTRACT = join(import.meta.dirname, "..", "aws", "contract");
const files = (await readdir(CONTRACT)).filter((file) => file.endsWith(".test.ts")).map((file) => file.slice(0, -8));

const RUN_MS = 900_000;
let report: ReadonlyMap<string, Report["testResults"][number]>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "contract-"));
  const file = join(folder, "report.json");
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--project=unit", "test/aws/contract", "--reporter=json", `--outputFile=${file}`];
  const environment = { ...process.env, S3_OPERATOR_CONTRACT_ENDPOINT: inject("localStackUrl") };
  // Its exit code tells that tests failed, which the rows expect.
  const { stderr } = await runCommand(process.execPath, [vitest, ...args], { environment });
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`No report of the contract tests:\n${tail(stderr)}`, { cause });
  });
  await rm(folder, { recursive: true });
  const { testResults } = JSON.parse(text) as Report;
  report = new Map(testResults.map((result) => [result.name.slice(CONTRACT.length + 1, -8), result]));
}, RUN_MS);

const isOfSimulator = ({ failureMessages }: Result) => failureMessages.join().includes(NEEDS_SIMULATOR);

test("each file with a row is a contract test", () => {
  const named = [...Object.keys(SIMULATOR_ONLY), ...DIFFERENCES.flatMap(({ tests }) => Object.keys(tests))];
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
});

describe("contract tests on LocalStack", () => {
  test.for(files.filter((file) => SIMULATOR_ONLY[file] === undefined))("%s differs as recorded", (file) => {
    const results = report.get(file)?.assertionResults ?? [];
    const failed = results.filter((result) => result.status === "failed" && !isOfSimulator(result));
    const recorded = DIFFERENCES.flatMap(({ tests }) => tests[file] ?? []);
    expect(failed.map(({ fullName }) => fullName).toSorted()).toEqual(recorded.toSorted());
    const passed = results.filter(({ status }) => status === "passed");
    expect(passed.length + failed.length, "it compares something").toBeGreaterThan(0);
    expect(results.filter(({ status }) => status !== "passed" && status !== "failed")).toEqual([]);
  });

  test.for(Object.keys(SIMULATOR_ONLY))("%s needs the simulator", (file) => {
    const { message = "", assertionResults = [] } = report.get(file) ?? {};
    expect(assertionResults.filter(({ status }) => status === "passed")).toEqual([]);
    expect(message.includes(NEEDS_SIMULATOR) || assertionResults.some(isOfSimulator)).toBe(true);
  });
});
