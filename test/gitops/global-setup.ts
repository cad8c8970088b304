import { ensureBundle } from "../integration/support/process/bundle.ts";
import { findDebianProgram } from "../on-demand/debian.ts";
import { findForeignCrds } from "../tools/crds.ts";
import { findTool } from "../tools/index.ts";
import { FLUX_CONTROLLERS } from "./flux/controllers.ts";

/** Gets all programs, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("argocd");
  await findForeignCrds("argocd");
  for (const name of FLUX_CONTROLLERS) {
    await findTool(name);
    await findForeignCrds(name);
  }
  await findDebianProgram("redis-server");
  await ensureBundle();
}
