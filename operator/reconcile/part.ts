import type { Change } from "./change.ts";
import type { Verdict } from "./history.ts";
import type { Failure } from "./outcome.ts";

/** One thing that a reconcile keeps as declared. Each part is compared, is written, fails and drifts by itself. */
export interface Part {
  /** As in `status.drift`. */
  name: string;
  /** For the history of writes, see history.ts. */
  desired: unknown;
  /** Empty: as declared. */
  changes: readonly Change[];
  /** Reads see each write at once, as in Kubernetes: a difference right after a write is no old answer. */
  isConsistent?: true;
  /** While it fails, the parts after it are not written. */
  isPrerequisite?: boolean;
  /** Why it cannot be written. */
  blocked?: Failure;
  /** Why it is not written yet, and when to check again. */
  held?: { message: string; afterMs: number };
}

export interface WritablePart extends Part {
  /** Throws an OutcomeError. */
  write: () => Promise<void>;
}

/**
 * `Settling`: written, and not yet read back equal. `NotKept`, `KeepsChanging`: see {@link Verdict}. `Planned`: different, and not written. `Held`: different, and not
 * to be written yet. `Skipped`: not reached, since a prerequisite failed.
 */
export type PartState = "InSync" | Exclude<Verdict, "Write"> | "Failed" | "Planned" | "Held" | "Skipped";

export interface PartResult<P extends Part = Part> {
  /** As observed last. */
  part: P;
  state: PartState;
  failure?: Failure;
}
