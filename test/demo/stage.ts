/** The tools of a demo step: runs commands in view of the user, and verifies their effect. */

import { inspect } from "node:util";
import type { S3Bucket } from "../../operator/api/types.ts";
import { messageOf } from "../controlplane/progress.ts";
import { eventually } from "../integration/support/expect/wait.ts";
import type { Environment } from "./environment.ts";
import type { Screen } from "./screen.ts";

export interface Stage extends Environment {
  screen: Screen;
  /** Shows the command line, runs it, shows its output and returns it. A command that fails ends the step. */
  kubectl: (line: string, input?: string) => Promise<string>;
  /** Runs a command without showing it. */
  read: (line: string) => Promise<string>;
  /** Shows a command that must fail, and returns its stderr. */
  refusedKubectl: (line: string, input?: string) => Promise<string>;
  /** Reads an S3Bucket without showing the command. */
  bucket: (name: string, namespace?: string) => Promise<S3Bucket>;
  /**
   * Reads until `accept` returns true, then prints `claim` as verified. Fails with the last value read. `what` names
   * the wait for the progress message.
   */
  verify: <T>(claim: string, see: () => Promise<T>, accept: (seen: T) => boolean, what?: string) => Promise<T>;
  /** Verifies a value that was read already. */
  check: (claim: string, holds: boolean, seen: unknown) => void;
}

/** A claim was not verified; the screen shows it already. */
export class Refuted extends Error {}

const VERIFY_MS = 30_000;

export function createStage(environment: Environment, screen: Screen): Stage {
  const { kubectl } = environment.controlPlane;

  const run = async (line: string, input?: string) => {
    screen.command(input === undefined ? `kubectl ${line}` : `kubectl ${line} <<'EOF'\n${input}EOF`);
    const result = await screen.during(`kubectl ${line}`, () => kubectl(wordsOf(line), input ? { input } : {}));
    screen.output(`${result.stdout}${result.stderr}`);
    return result;
  };

  const read = async (line: string) => {
    const { code, stdout, stderr } = await kubectl(wordsOf(line));
    if (code !== 0) throw new Error(`kubectl ${line} exited with ${code}: ${stderr}`);
    return stdout;
  };

  const refute = (claim: string, why: string): never => {
    screen.failed(claim, why);
    throw new Refuted(claim);
  };

  return {
    ...environment,
    screen,
    async kubectl(line, input) {
      const { code, stdout, stderr } = await run(line, input);
      if (code !== 0) throw new Error(`kubectl ${line} exited with ${code}: ${stderr}`);
      return stdout;
    },
    async refusedKubectl(line, input) {
      const { code, stdout, stderr } = await run(line, input);
      if (code === 0) throw new Error(`kubectl ${line} was expected to fail: ${stdout}`);
      return stderr;
    },
    read,
    bucket: async (name, namespace = "default") =>
      JSON.parse(await read(`get s3bucket ${name} -n ${namespace} -o json`)) as S3Bucket,
    async verify(claim, see, accept, what = claim) {
      try {
        const seen = await screen.during(what, () => eventually(see, accept, shown, VERIFY_MS));
        screen.passed(claim);
        return seen;
      } catch (error) {
        return refute(claim, messageOf(error));
      }
    },
    check(claim, holds, seen) {
      if (holds) screen.passed(claim);
      else refute(claim, shown(seen));
    },
  };
}

function shown(seen: unknown): string {
  return typeof seen === "string" ? seen : inspect(seen, { depth: 5, breakLength: 90 });
}

/** Splits a line as a shell does; single quotes group words, and are removed. */
function wordsOf(line: string): string[] {
  return (line.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ""));
}
