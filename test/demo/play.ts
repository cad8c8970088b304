import { messageOf } from "../controlplane/progress.ts";
import type { Screen } from "./screen.ts";
import { Refuted, type Stage } from "./stage.ts";
import { STEPS, type Step } from "./steps/index.ts";

type Verdict = "verified" | "failed" | "not reached";

interface Played {
  step: Step;
  verdict: Verdict;
  seconds: number;
}

/** Runs the steps until one fails, and prints a summary. Returns whether every step was verified. */
export async function play(stage: Stage): Promise<boolean> {
  const played: Played[] = [];
  let verdict: Verdict = "verified";
  for (const [index, step] of STEPS.entries()) {
    const start = performance.now();
    if (verdict === "verified") verdict = await playStep(stage, index + 1, step);
    else verdict = "not reached";
    played.push({ step, verdict, seconds: (performance.now() - start) / 1_000 });
  }
  summarise(stage.screen, played);
  return verdict === "verified";
}

async function playStep(stage: Stage, number: number, step: Step): Promise<Verdict> {
  stage.screen.heading(`${number}  ${step.title}`);
  try {
    await step.run(stage);
    return "verified";
  } catch (error) {
    if (!(error instanceof Refuted)) stage.screen.failed("The step failed", messageOf(error));
    return "failed";
  }
}

const SIGNS: Record<Verdict, string> = { verified: "✓", failed: "✗", "not reached": "-" };

function summarise(screen: Screen, played: readonly Played[]): void {
  screen.heading("What was verified, and how");
  screen.table(
    played.map(({ step, verdict, seconds }, index) => [
      `${SIGNS[verdict]} ${index + 1}`,
      verdict === "not reached" ? "" : `${seconds.toFixed(1)} s`,
      `${step.title}
${verdict === "verified" ? step.verifiedBy : verdict}`,
    ]),
  );
}
