import { findPythonPrograms } from "../on-demand/python.ts";
import { findTool } from "../tools/index.ts";

/** Gets all clients, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("restic");
  await findTool("registry");
  await findPythonPrograms("clients");
}
