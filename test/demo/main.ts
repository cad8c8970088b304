/**
 * `main.ts` shows the operator at work, and exits 0 only if every step was verified. `main.ts --up` starts the operator
 * and leaves it running until Ctrl-C.
 */

import { messageOf } from "../controlplane/progress.ts";
import { startEnvironment, type Environment } from "./environment.ts";
import { play } from "./play.ts";
import { createScreen } from "./screen.ts";
import { showAround } from "./show-around.ts";
import { createStage } from "./stage.ts";

/** Exit code of a shell command that Ctrl-C ended. */
const INTERRUPTED = 130;

const args = process.argv.slice(2);
const up = args.includes("--up");
const screen = createScreen(process.stdout);
const interrupted = Promise.withResolvers<void>();
/** Stops the parts that were started; called from the last to the first. */
const undo: (() => Promise<void>)[] = [];
let environment: Environment | undefined;

/** Resolves with the exit code. */
async function run(): Promise<number> {
  const unknown = args.find((arg) => arg !== "--up");
  if (unknown !== undefined) {
    screen.failed(`Unknown argument ${unknown}`, "Usage: node test/demo/main.ts [--up]");
    return 2;
  }
  const start = performance.now();
  screen.heading("s3-operator on this machine, without a cluster and without an AWS account");
  environment = await startEnvironment(screen, undo);
  const stage = createStage(environment, screen);
  if (up) {
    await showAround(stage);
    return new Promise(() => undefined);
  }
  const verified = await play(stage);
  const seconds = Math.round((performance.now() - start) / 1_000);
  if (verified) screen.passed(`All steps verified in ${seconds} s. To try it yourself: make demo-up`);
  return verified ? 0 : 1;
}

async function cleanUp(): Promise<void> {
  for (const stop of undo.toReversed()) await stop();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // A second signal skips the clean-up; the control plane ends with this process in any case.
    if (screen.closed()) process.exit(INTERRUPTED);
    screen.close("Stopping everything ...");
    interrupted.resolve();
  });
}

const end = interrupted.promise.then(() => (up ? 0 : INTERRUPTED));
const code = await Promise.race([run(), end]).catch((error: unknown) => {
  screen.failed("The demo failed", messageOf(error));
  return 1;
});
if (code !== 0 && environment !== undefined) screen.say(`Log of the operator: ${environment.operator.logFile}`);
await screen.during("stopping everything", cleanUp);
process.exit(code);
