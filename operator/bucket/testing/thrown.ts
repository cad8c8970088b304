import { OutcomeError, type Outcome } from "../../kube/outcome.ts";
import { failureIn, type Failure } from "../../reconcile/outcome.ts";

/** The outcome that `step` must throw. */
export async function thrownOutcome(step: () => unknown): Promise<Outcome | Failure> {
  const error = await errorOf(step);
  if (error instanceof OutcomeError) return failureIn(error) ?? error.outcome;
  throw new Error("Expected an OutcomeError", { cause: error });
}

/** The failure that `step` must throw. It says something to the user. */
export async function thrownFailure(step: () => unknown): Promise<Failure> {
  const error = await errorOf(step);
  const failure = failureIn(error);
  if (failure !== undefined && failure.message !== "") return failure;
  throw new Error("Expected a failure with a message", { cause: error });
}

async function errorOf(step: () => unknown): Promise<unknown> {
  try {
    await step();
  } catch (error) {
    return error;
  }
  throw new Error("Expected an error");
}
