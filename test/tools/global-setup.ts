import { findTool } from "./index.ts";

/** Builds all tools, so that no test has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("helm4");
  await findTool("helm3");
}
