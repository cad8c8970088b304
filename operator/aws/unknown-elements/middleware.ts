import type { BuildMiddleware, DeserializeMiddleware, Pluggable } from "@smithy/types";
import { bodyText } from "../answers/body.ts";
import type { Response } from "../origin.ts";
import { createElementMemory, type ElementMemory } from "./memory.ts";
import { documentOperation, type Operation } from "./model.ts";
import { unknownIn, withUnknown } from "./places.ts";

/** Parameters that identify the document of a call. */
interface Address {
  Bucket?: string;
  Id?: string;
  ContinuationToken?: string;
}

/**
 * Keeps elements of a bucket's configuration that are newer than the SDK: remembers those in the GET of a document and
 * adds them to the next PUT. A PUT without an earlier GET still removes them.
 */
export function keepUnknownElements<Input extends object, Output extends object>(): Pluggable<Input, Output> {
  const memory = createElementMemory();

  const remember: DeserializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const result = await next(args);
    const operation = documentOperation(context);
    const response = result.response as Response;
    if (operation !== undefined) {
      learn(memory, operation, args.input, response.statusCode, await answerOf(operation, response));
    }
    return result;
  };

  const restore: BuildMiddleware<Input, Output> = (next, context) => (args) => {
    const operation = documentOperation(context);
    const { Bucket = "", Id }: Address = args.input;
    const unknown = operation?.method === "PUT" ? memory.get(Bucket, operation.document, Id) : undefined;
    const request = args.request as { body?: unknown };
    if (unknown !== undefined && typeof request.body === "string") request.body = withUnknown(request.body, unknown);
    return next(args);
  };

  return {
    applyToStack: (stack) => {
      // Closest to the network: the SDK reads the body afterwards.
      stack.add(remember, { name: "rememberUnknownElements", override: true, step: "deserialize", priority: "low" });
      // Checksum and length of the body are computed afterwards.
      stack.add(restore, { name: "restoreUnknownElements", override: true, step: "build", priority: "high" });
    },
  };
}

/** The body of a read, or of its 404. */
async function answerOf({ known }: Operation, response: Response): Promise<string | undefined> {
  const isRead = known !== undefined && (response.statusCode === 200 || response.statusCode === 404);
  return isRead ? bodyText(response) : undefined;
}

function learn(
  memory: ElementMemory,
  operation: Operation,
  address: Address,
  status: number,
  answer: string | undefined,
) {
  const { method, document, isList, known } = operation;
  const { Bucket = "", Id, ContinuationToken } = address;
  const isGone = method === "DELETE" ? status < 300 : status === 404 && answer !== undefined && hasErrorCode(answer);
  if (isGone) memory.forget(Bucket, document, Id);
  if (answer === undefined || known === undefined || status !== 200) return;
  const unknown = unknownIn(answer, known);
  if (!isList) return memory.set(Bucket, document, Id, unknown);
  if (ContinuationToken === undefined) memory.forget(Bucket, document);
  for (const entry of unknown?.places ?? []) memory.set(Bucket, document, entry.id, entry);
}

/** False for a 404 of a proxy. */
function hasErrorCode(answer: string): boolean {
  return /<Error>.*<Code>/s.test(answer);
}
