import { findDebianProgram } from "../on-demand/debian.ts";

/** Gets the browser, so that no test has to wait for it. */
export default async function setup(): Promise<void> {
  await findDebianProgram("chromium");
}
