import { chmod, mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import { tail } from "../controlplane/progress.ts";
import { findDebianProgram } from "../on-demand/debian.ts";

/** The first file of the write-ahead log, 16 MiB. */
export const FIRST_WAL = "000000010000000000000001";
/** Debian keeps the servers of each version in a folder of its own, which is not in PATH. */
const VERSIONS = "/usr/lib/postgresql";

/** Creates the files of a stopped PostgreSQL server below `parent`. Returns their folder. */
export async function createDatabase(parent: string): Promise<string> {
  const initdb = await findInitdb();
  const folder = await mkdtemp(join(parent, "postgres-"));
  const data = join(folder, "data");
  const command = [initdb, "--pgdata", data, "--auth=trust"];
  if (process.getuid?.() === 0) {
    // initdb refuses to run as root.
    await chmod(parent, 0o755);
    await chmod(folder, 0o777);
    command.unshift("runuser", "--user", "postgres", "--");
  }
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await runCommand(program, args);
  if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${tail(stdout + stderr)}`);
  return data;
}

/** The program that creates the files of a PostgreSQL server. */
export async function findInitdb(): Promise<string> {
  return findDebianProgram("initdb", "postgresql", async () => {
    const versions = await readdir(VERSIONS).catch(() => []);
    return versions.sort().map((version) => join(VERSIONS, version, "bin"));
  });
}
