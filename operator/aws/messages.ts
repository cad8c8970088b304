import { NOT_THE_ANSWER, SUBRESOURCE_IGNORED } from "./error-codes.ts";
import { codeOf, httpAnswer, isForeignAnswer, type SdkError } from "./origin.ts";

/** What AWS says, made fit for a condition: the same text for the same cause, since every other text would be a write of the status. */

/**
 * AWS's code and message, or what is known instead: the status of an answer without a code, the name of a network
 * error.
 */
export function said(error: SdkError): string {
  const statusCode = error.$metadata?.httpStatusCode;
  // A network error's message names an address, which is another one at the next try.
  if (statusCode === undefined && typeof error.code === "string") return error.code;
  if (OWN.has(error.name)) return stable(error.message);
  const code = codeOf(error);
  if (statusCode !== undefined && code === undefined) {
    // What the SDK says of an answer that it cannot read is for programmers.
    return httpAnswer(statusCode, isForeignAnswer(error) ? error.$response?.headers : {});
  }
  return SAYS_NOTHING.test(error.message) ? error.name : `${error.name}: ${stable(error.message)}`;
}

/** Thrown by answers/middleware.ts; their message says everything. */
const OWN: ReadonlySet<string> = new Set([NOT_THE_ANSWER, SUBRESOURCE_IGNORED]);

/** What the SDK puts where there is no message. */
const SAYS_NOTHING = /^(?:Unknown|UnknownError)?$/;

const MAX_LENGTH = 1024;

/** Without request ids, times and names of role sessions, on one line, cut to {@link MAX_LENGTH}. */
export function stable(message: string): string {
  return (
    message
      .slice(0, 4 * MAX_LENGTH)
      .replace(/[\s\p{Cc}]+/gu, " ")
      .replace(/[;,]? ?\b(?:extended |s3 extended )?(?:request|host) ?id ?[:=] ?[\w+/=-]+/gi, "")
      .replace(/ ?\(\)/g, "")
      .replace(/ ?\bencoded authorization failure message: ?[\w+/=-]+/gi, "")
      .replace(/(:assumed-role\/[\w+=,.@-]+)\/[\w+=,.@-]+/g, "$1")
      .replace(/\b\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}:?\d{2}(?:\.\d+)?Z?\b/g, "…")
      // Seconds and milliseconds, where they are no part of a name: of a bucket, for example, in an ARN.
      .replace(/(?<![\w:/.@-])1\d{9}(?:\d{3})?(?![\w:/@-]|\.\w)/g, "…")
      .trim()
      .slice(0, MAX_LENGTH)
  );
}
