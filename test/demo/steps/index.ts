import type { Stage } from "../stage.ts";
import { claimAgain } from "./claim-again.ts";
import { create } from "./create.ts";
import { deleteAndReapply } from "./delete-and-reapply.ts";
import { drift } from "./drift.ts";
import { refusal } from "./refusal.ts";

/** A chapter of the demo. Each builds on those before it. */
export interface Step {
  title: string;
  /** What the verdict rests on, for the summary. */
  verifiedBy: string;
  /** Rejects as soon as anything is not as it should be. */
  run(stage: Stage): Promise<void>;
}

export const STEPS: readonly Step[] = [create, drift, refusal, claimAgain, deleteAndReapply];
