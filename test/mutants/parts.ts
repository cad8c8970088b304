/** Which files are mutated, and which tests run for them. */
import { globSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Decisions without effects of their own. Unit tests alone kill their mutants. */
const PURE = [
  /^reconcile\//,
  /^bucket\/(plan|combinations|settings\/.*)\.ts$/,
  /(^|\/)guardrails\.ts$/,
  /^access\/policy\//,
  /^aws\/policy\//,
  /^kube\/(store|queue|changes|conditions|backoff|status|reference-index)\.ts$/,
];

/** Integration tests that also run, by the path of the file: a run of all of them per mutant takes too long. */
const INTEGRATION: readonly (readonly [RegExp, string])[] = [
  [/^access\/sweep\//, "access/{sweep,sweep-limits,withdrawal}"],
  [/^access\/outputs\//, "access/{outputs,workloads}"],
  [/^access\/principals\//, "access/{principals,external-bucket}"],
  [/^access\/workload\//, "access/{roles,existing-roles,shared-roles,outputs,drift,revocation}"],
  [/^access\//, "access/{roles,consent,principals,revocation,health,withdrawal}"],
  [/^account\//, "account/{accounts,guardrails,in-use,public-access,oidc-provider}"],
  [/^bucket\/deletion\//, "{bucket/{deletion,emptying},key/deletion}"],
  [/^bucket\/key\//, "key/{managed-keys,change,deletion,declared-keys,faults}"],
  [/^bucket\/settings\//, "bucket/{settings,normalisations,reset,refusal}"],
  [/^bucket\//, "bucket/{create,settings,drift,adoption,refusal,conflict,tags,denials}"],
  [/^explain\//, "access/explain"],
  [/^export\//, "bucket/{export,export-any}"],
  [/^cli\//, "process/{command-line,start-and-stop}"],
  [/^observability\//, "process/{health,metrics,logs}"],
  [/^(kube|watches|manager|main|clock|tracing)/, "process/{start-and-stop,api-server,health,leader,metrics,tracing}"],
  [/./, "bucket/{create,outages,proxy-answers,requests,denials}"],
];

export type Part = "pure" | "all";

/** Absolute paths of the files of operator/ that are mutated. */
export function filesOf(part: Part): string[] {
  return globSync("**/*.ts", { cwd: join(ROOT, "operator") })
    .filter((file) => !file.endsWith(".test.ts") && !/(^|\/)(testing|generated)\//.test(file))
    .filter((file) => part === "all" || PURE.some((pattern) => pattern.test(file)))
    .sort()
    .map((file) => join(ROOT, "operator", file));
}

/** Tests, and what they import. */
export function importingFiles(): string[] {
  return globSync("{operator,scripts,test}/**/*.ts", { cwd: ROOT }).map((file) => join(ROOT, file));
}

/** A test of the project unit, but not one of this command. */
export function isUnitTest(file: string): boolean {
  return /^(operator|scripts|test\/(aws|controlplane|conformance|corpus))\/.*\.test\.ts$/.test(
    file.slice(ROOT.length + 1),
  );
}

export function integrationTestsOf(file: string): string[] {
  const inOperator = file.slice(join(ROOT, "operator/").length);
  const [, names] = INTEGRATION.find(([pattern]) => pattern.test(inOperator)) ?? [];
  return globSync(`test/integration/${names}.test.ts`, { cwd: ROOT }).map((test) => join(ROOT, test));
}
