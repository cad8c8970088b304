/** Prints which ServiceAccounts BucketAccesses can express: `node test/corpus/main.ts [FILE.tsv]`. See coverage.ts. */
import { readFileSync } from "node:fs";
import { coverageOf, rowsOf, totalsOf, type Coverage } from "./coverage.ts";

const file = process.argv[2] ?? new URL("serviceaccounts.tsv", import.meta.url);
const coverages = rowsOf(readFileSync(file, "utf8")).map(coverageOf);
const { all, covered, notCovered, missing } = totalsOf(coverages);

const sum = [...covered.values()].reduce((total, count) => total + count, 0);
print(`${all} ServiceAccounts that reach S3. BucketAccesses give ${sum} all that they ask for, with`);
for (const [uses, count] of covered) print(`  ${pad(count)} ${uses}`);
print(`${notCovered} also ask for actions that no permission allows, and need a managed policy for these:`);
for (const [reason, count] of missing) print(`  ${pad(count)} ${reason}`);
print("By line of the file:");
for (const coverage of coverages.filter(({ missing: actions }) => actions.length > 0)) print(`  ${lineOf(coverage)}`);

function lineOf({ row, missing: actions }: Coverage): string {
  const names = actions.map((text) => text.split(": ")[0]);
  return `${row.line}: ${row.managed} + ${row.others} buckets, without ${names.join(", ")}`;
}

function pad(count: number): string {
  return String(count).padStart(4);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
