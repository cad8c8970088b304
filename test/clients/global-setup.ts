import { findTool } from "../tools/index.ts";
import { findPythonPrograms } from "./python.ts";

/** Gets all clients, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("restic");
  await findTool("registry");
  await findPythonPrograms();
}
