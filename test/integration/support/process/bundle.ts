import { execFile } from "node:child_process";
import { glob, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const BUNDLE = join("dist", "operator.mjs");
/** The sources of the bundle. */
const SOURCES = ["operator/**/*.ts", "package.json", "rolldown.config.ts"];

/** The path of dist/operator.mjs, which is built when it is missing or older than its sources. */
export async function ensureBundle(): Promise<string> {
  const built = await modified(BUNDLE);
  for await (const file of glob(SOURCES)) {
    if ((await modified(file)) > built) return build();
  }
  return BUNDLE;
}

/** Builds to a temporary file and renames it: other test files may build or run the bundle at the same time. */
async function build(): Promise<string> {
  const fresh = join("dist", `.operator-${process.pid}.mjs`);
  const rolldown = join("node_modules", "rolldown", "bin", "cli.mjs");
  await mkdir("dist", { recursive: true });
  await promisify(execFile)(process.execPath, [
    rolldown,
    "-c",
    "rolldown.config.ts",
    "--logLevel",
    "warn",
    "-o",
    fresh,
  ]);
  await rename(fresh, BUNDLE);
  return BUNDLE;
}

/** Milliseconds since the epoch; 0 for a missing file. */
async function modified(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
