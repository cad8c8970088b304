import { findTool } from "./index.ts";

/** So that no test of the chart has to wait for a build. */
export default async function setup(): Promise<void> {
  await findTool("helm4");
  await findTool("helm3");
}
