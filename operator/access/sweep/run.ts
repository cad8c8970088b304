import type { AccountContext } from "../../account/dependencies.ts";
import { REASON } from "../../api/reasons.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { RoleMemory } from "../workload/memory.ts";
import type { Expected } from "./expected.ts";
import type { LiveAccesses } from "./live.ts";
import type { SweepMemory } from "./memory.ts";
import type { SweepScope } from "./scope.ts";

/** Kinds of what a sweep revokes, for the metric. */
export type SweptKind = "role" | "policy" | "association";

/** One sweep of one AWS account. */
export interface SweepRun {
  session: AwsSession;
  cluster: string;
  scope: SweepScope;
  expected: Expected;
  live: LiveAccesses;
  roles: RoleMemory;
  memory: SweepMemory;
  signal: AbortSignal;
  /** Whether this operator reconciles BucketAccesses of the namespace. */
  isWatched(namespace: string): boolean;
  /** Whether it reconciles those of every namespace. */
  watchesAll: boolean;
  /** Does `work` unless the sweep has revoked enough. Notes its failure. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** Reports something that was revoked. */
  revoked(kind: SweptKind, note: string): void;
}

/** Result of a sweep. */
export interface SweepProgress {
  failures: unknown[];
  revoked: number;
}

/** Removals of one sweep; the next one does the others. */
export const MAX_REVOKED = 100;
/** Failures of one sweep after which it ends, such as when AWS does not answer. */
const MAX_FAILURES = 5;

export function reporter(
  { event, log }: Pick<AccountContext, "event" | "log">,
  onRevoked: (kind: SweptKind) => void,
  signal: AbortSignal,
): Pick<SweepRun, "attempt" | "revoked"> & { progress: SweepProgress } {
  const progress: SweepProgress = { failures: [], revoked: 0 };
  return {
    progress,
    async attempt(work) {
      if (signal.aborted || progress.revoked >= MAX_REVOKED || progress.failures.length >= MAX_FAILURES) return;
      try {
        await work();
      } catch (error) {
        progress.failures.push(error);
      }
    },
    revoked(kind, note) {
      progress.revoked += 1;
      onRevoked(kind);
      log.info({ revoked: kind }, note);
      event({ type: "Normal", reason: REASON.accessRevoked, action: "Sweep", note });
    },
  };
}
