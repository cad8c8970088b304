/** Switches for what AWS and the network do to a caller. All are off at first; each stays on until cleared, or for `times` calls. */

import type { Call } from "./calls.ts";
import type { Reply } from "./http.ts";
import type { Failure } from "./service.ts";

/** Which calls a switch hits; a field left out matches every call. */
export interface Match {
  account?: string;
  bucket?: string;
  /** IAM action, such as s3:PutBucketPolicy. */
  action?: string;
  /** API name, such as HeadBucket. */
  operation?: string;
  /** Number of calls after which the switch is off again. */
  times?: number;
}

/** Takes one switch, or one hook, away again. */
export type Remove = () => void;

/**
 * Runs before a call is applied and, unless its connection was dropped, when its answer is known; may wait. "drop" ends the connection
 * without an answer.
 */
export type CallHook = (call: Call, phase: "before" | "after") => void | "drop" | Promise<void | "drop">;

export interface Faults {
  /** AccessDenied in AWS's words for this IAM action. */
  deny(action: string, match?: Match): Remove;
  /** SlowDown 503 at S3, ThrottlingException at KMS and EKS, Throttling at STS and IAM. */
  throttle(match?: Match): Remove;
  /** A conflicting operation is in progress: 409 OperationAborted at S3, 409 ConcurrentModification at IAM. */
  operationAborted(match?: Match): Remove;
  internalError(match?: Match): Remove;
  /** The change is applied, then the connection ends without an answer. */
  loseAnswer(match?: Match): Remove;
  /** The connection ends before anything is applied. */
  connectionReset(match?: Match): Remove;
  /** Nothing is applied and no answer comes until the client gives up. */
  hang(match?: Match): Remove;
  /** A proxy on the way answers in AWS's place, and nothing is applied. */
  intercept(reply: Reply, match?: Match): Remove;
  /** The change is applied at once, the answer comes later. */
  delay(ms: number, match?: Match): Remove;
  onCall(hook: CallHook): Remove;
  /** All switches off, all hooks gone. */
  clear(): void;
}

export type Effect =
  | { kind: "deny"; action: string }
  | { kind: "fail"; failure: Failure }
  | { kind: "intercept"; reply: Reply }
  | { kind: "loseAnswer" | "connectionReset" | "hang" }
  | { kind: "delay"; ms: number };

/** The server's side of the switches. */
export interface FaultInjector extends Faults {
  /** Effects that hit this call, counting it against their `times`. */
  take(call: Call): Effect[];
  /** Runs the hooks in turn; true when one of them wants the connection dropped. */
  runHooks(call: Call, phase: "before" | "after"): Promise<boolean>;
}

export function faultInjector(): FaultInjector {
  const switches = new Set<{ match: Match; left: number; effect: Effect }>();
  const hooks = new Set<CallHook>();
  const add = (effect: Effect, match: Match = {}): Remove => {
    const entry = { match, left: match.times ?? Infinity, effect };
    switches.add(entry);
    return () => void switches.delete(entry);
  };
  return {
    deny: (action, match) => add({ kind: "deny", action }, { ...match, action }),
    throttle: (match) => add({ kind: "fail", failure: "throttle" }, match),
    operationAborted: (match) => add({ kind: "fail", failure: "operationAborted" }, match),
    internalError: (match) => add({ kind: "fail", failure: "internalError" }, match),
    loseAnswer: (match) => add({ kind: "loseAnswer" }, match),
    connectionReset: (match) => add({ kind: "connectionReset" }, match),
    hang: (match) => add({ kind: "hang" }, match),
    intercept: (reply, match) => add({ kind: "intercept", reply }, match),
    delay: (ms, match) => add({ kind: "delay", ms }, match),
    onCall: (hook) => {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
    clear: () => {
      switches.clear();
      hooks.clear();
    },
    take: (call) => {
      const hits = [...switches].filter((entry) => entry.left > 0 && matches(entry.match, call));
      for (const entry of hits) entry.left -= 1;
      return hits.map((entry) => entry.effect);
    },
    runHooks: async (call, phase) => {
      let drop = false;
      for (const hook of hooks) drop = (await hook(call, phase)) === "drop" || drop;
      return drop;
    },
  };
}

function matches(match: Match, call: Call): boolean {
  return (
    (match.account === undefined || match.account === call.account) &&
    (match.bucket === undefined || match.bucket === call.bucket) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.action === undefined || call.actions.includes(match.action))
  );
}
