/**
 * Switches for faults of AWS and the network. All are off at first. Each stays on until removed, or for `times` calls.
 */

import type { Call } from "./calls.ts";
import type { Reply } from "./http.ts";
import type { Failure } from "./service.ts";

/** The calls that a switch applies to. An absent field matches every call. */
export interface Match {
  account?: string;
  bucket?: string;
  /** IAM action, such as s3:PutBucketPolicy. */
  action?: string;
  /** API name, such as HeadBucket. */
  operation?: string;
  /** Number of calls after which the switch turns off. */
  times?: number;
}

/** Removes one switch or one hook. */
export type Remove = () => void;

/**
 * Runs before a call is applied and again when its answer is known, unless the connection was dropped. May wait.
 * Returns "drop" to end the connection without an answer.
 */
export type CallHook = (call: Call, phase: "before" | "after") => void | "drop" | Promise<void | "drop">;

export interface Faults {
  /** Denies this IAM action with AWS's message. */
  deny(action: string, match?: Match): Remove;
  /** SlowDown 503 at S3, ThrottlingException at KMS and EKS, Throttling at STS and IAM. */
  throttle(match?: Match): Remove;
  /** Another operation is in progress: 409 OperationAborted at S3, 409 ConcurrentModification at IAM. */
  operationAborted(match?: Match): Remove;
  internalError(match?: Match): Remove;
  /** The change is applied, then the connection ends without an answer. */
  loseAnswer(match?: Match): Remove;
  /** The connection ends before anything is applied. */
  connectionReset(match?: Match): Remove;
  /** Nothing is applied, and the client gets no answer. */
  hang(match?: Match): Remove;
  /** A proxy answers in place of AWS, and nothing is applied. */
  intercept(reply: Reply, match?: Match): Remove;
  /** The change is applied at once, and the answer comes later. */
  delay(ms: number, match?: Match): Remove;
  onCall(hook: CallHook): Remove;
  /** Turns all switches off and removes all hooks. */
  clear(): void;
}

export type Effect =
  | { kind: "deny"; action: string }
  | { kind: "fail"; failure: Failure }
  | { kind: "intercept"; reply: Reply }
  | { kind: "loseAnswer" | "connectionReset" | "hang" }
  | { kind: "delay"; ms: number };

/** The part of the switches that the server uses. */
export interface FaultInjector extends Faults {
  /** The effects that apply to this call, which counts against their `times`. */
  take(call: Call): Effect[];
  /** Runs the hooks in turn. True if one of them drops the connection. */
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
