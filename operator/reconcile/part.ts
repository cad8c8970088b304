import type { Change } from "./change.ts";
import type { Failure } from "./outcome.ts";

/** One part of an access, compared with what is there: it is written, fails and drifts by itself. */
export interface Part {
  /** As in `status.drift`. */
  setting: string;
  /** What is wanted, for the memory of what was written. */
  desired: unknown;
  /** Empty: as wanted. */
  changes: readonly Change[];
  /** What was read is what is there, as of objects in Kubernetes: a difference right after a write is none of an old answer. */
  isConsistent?: true;
  /** Why it must not be written. */
  blocked?: Failure;
  /** Makes it as wanted. Throws an OutcomeError. */
  write: () => Promise<void>;
}

/** `Settling`: written, and not yet read back equal. */
export type PartState = "InSync" | "Pending" | "Settling" | "KeepsChanging" | "Failed";

export interface PartResult {
  setting: string;
  state: PartState;
  changes: readonly Change[];
  failure?: Failure;
}
