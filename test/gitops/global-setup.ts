import { ensureBundle } from "../integration/support/process/bundle.ts";
import { findDebianProgram } from "../on-demand/debian.ts";
import { findForeignCrds } from "../tools/crds.ts";
import { findTool } from "../tools/index.ts";

/** Gets all programs, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("argocd");
  await findForeignCrds("argocd");
  await findDebianProgram("redis-server");
  await ensureBundle();
}
