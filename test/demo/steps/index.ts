import type { Stage } from "../stage.ts";
import { claimAgain } from "./claim-again.ts";
import { create } from "./create.ts";
import { deleteAndReapply } from "./delete-and-reapply.ts";
import { drift } from "./drift.ts";
import { refusal } from "./refusal.ts";

/** A step of the demo. Each builds on those before it. */
export interface Step {
  title: string;
  /** The evidence, for the summary. */
  verifiedBy: string;
  /** Rejects when a claim is not verified. */
  run(stage: Stage): Promise<void>;
}

export const STEPS: readonly Step[] = [create, drift, refusal, claimAgain, deleteAndReapply];
