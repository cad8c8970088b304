/** Gets the tools of `make test`, so that tests need not wait for them. */
import { messageOf } from "../controlplane/progress.ts";
import { findTool } from "./index.ts";
import { isForEveryTest, toolNames } from "./tools.ts";

try {
  // One after another: each build uses all cores.
  for (const name of toolNames.filter(isForEveryTest)) process.stdout.write(`${name}: ${await findTool(name)}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
