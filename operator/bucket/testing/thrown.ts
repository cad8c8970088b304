import { Failed, Stop } from "../../kube/stop.ts";
import type { Failure, Outcome } from "../../kube/outcome.ts";

/** How the Stop, or the Failed, that `step` must throw ends a reconcile. */
export async function stopOf(step: () => unknown): Promise<Outcome | Failure> {
  const error = await errorOf(step);
  if (error instanceof Stop) return error.outcome;
  if (error instanceof Failed) return error.failure;
  throw new Error("Expected a Stop", { cause: error });
}

/** The failure of the Failed that `step` must throw. */
export async function failureOf(step: () => unknown): Promise<Failure> {
  const error = await errorOf(step);
  if (error instanceof Failed) return error.failure;
  throw new Error("Expected a Failed", { cause: error });
}

async function errorOf(step: () => unknown): Promise<unknown> {
  try {
    await step();
  } catch (error) {
    return error;
  }
  throw new Error("Expected an error");
}
