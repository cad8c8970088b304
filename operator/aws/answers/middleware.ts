import {
  SMITHY_CONTEXT_KEY,
  type DeserializeMiddleware,
  type HandlerExecutionContext,
  type Pluggable,
  type StaticOperationSchema,
} from "@smithy/types";
import { NOT_THE_ANSWER, SUBRESOURCE_IGNORED } from "../error-codes.ts";
import { describeAnswer } from "../messages.ts";
import type { Response } from "../origin.ts";
import type { Service } from "../service.ts";
import { bodyText } from "./body.ts";
import { hostOf, noteCall } from "./call.ts";
import { checkOf, rootOf, type Check } from "./expected.ts";

/**
 * Rejects a successful answer that does not belong to the operation, such as the page of a proxy, or the list of
 * objects from a store that does not know the subresource. The SDK would read it as "nothing is set". Keeps the body of
 * other answers for messages.
 */
export function checkAnswers<Input extends object, Output extends object>(service: Service): Pluggable<Input, Output> {
  const checks = new WeakMap<StaticOperationSchema, Check>();
  const checkFor = (operation: StaticOperationSchema) => {
    const check = checks.get(operation) ?? checkOf(service, operation);
    checks.set(operation, check);
    return check;
  };

  const check: DeserializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const result = await next(args);
    const response = result.response as Response;
    const operation = operationWithBody(context);
    if (operation === undefined) return result;
    const body = await bodyText(response);
    if (response.statusCode < 200 || response.statusCode >= 300) return result;
    const root = rootOf(body);
    if (root === "ListBucketResult") throw subresourceIgnored(response);
    if (root === "Error" && service.startsWith("s3")) {
      // S3 can fail after status 200: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
      // The SDK recognizes an error by its status. Its own middleware for S3 does the same.
      response.statusCode = 503;
      return result;
    }
    const wrong = checkFor(operation)(body);
    if (wrong !== undefined) throw notTheAnswer(response, hostOf(args.request), wrong);
    return result;
  };

  return {
    applyToStack: (stack) => {
      // Closest to the network: all other middleware sees only checked answers.
      stack.add(check, { name: "checkAnswers", override: true, step: "deserialize", priority: "low" });
      stack.add(noteCall(service), { name: "noteCall", override: true, step: "finalizeRequest", priority: "low" });
    },
  };
}

/** Undefined for HEAD, which has no body. */
function operationWithBody(context: HandlerExecutionContext): StaticOperationSchema | undefined {
  const operation = context[SMITHY_CONTEXT_KEY]?.["operationSchema"] as StaticOperationSchema | undefined;
  const traits = operation?.[3];
  const http = typeof traits === "object" && "http" in traits ? traits.http : undefined;
  return http?.[0] === "HEAD" ? undefined : operation;
}

/** Quotes only pages: a document of the service can contain credentials. */
function notTheAnswer(response: Response, host: string, wrong: string): Error {
  const { statusCode, headers, body } = response;
  const isPage = /^html\b/i.test(wrong);
  const answer = describeAnswer({ statusCode, headers, ...(isPage && { body }) }, { host });
  return refused(NOT_THE_ANSWER, `${wrong}: ${answer}`, response);
}

function subresourceIgnored(response: Response): Error {
  return refused(SUBRESOURCE_IGNORED, "it lists the objects of the bucket instead", response);
}

/** Has the shape of the SDK's errors. */
function refused(name: string, message: string, { statusCode, headers }: Response): Error {
  const requestId = headers["x-amzn-requestid"] ?? headers["x-amz-request-id"];
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: statusCode, requestId } });
}
