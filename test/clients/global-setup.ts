import { findDebianProgram } from "../on-demand/debian.ts";
import { findPythonPrograms } from "../on-demand/python.ts";
import { findTool } from "../tools/index.ts";
import { findInitdb } from "./postgres.ts";

/** Gets all clients, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findDebianProgram("openssl");
  await findDebianProgram("pgbackrest");
  await findInitdb();
  for (const name of ["restic", "registry", "rclone", "versitygw"] as const) await findTool(name);
  await findPythonPrograms("clients");
}
