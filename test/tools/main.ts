/** Gets all tools, before tests that would have to wait for them. */
import { messageOf } from "../controlplane/progress.ts";
import { findTool } from "./index.ts";
import { toolNames } from "./tools.ts";

try {
  // One after the other: each build uses all cores.
  for (const name of toolNames) process.stdout.write(`${name}: ${await findTool(name)}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
