import { NOT_THE_ANSWER, SUBRESOURCE_IGNORED } from "./error-codes.ts";
import { codeOf, httpAnswer, isForeignAnswer, type SdkError } from "./origin.ts";

/** AWS's code and message; the status of an answer without a code; the name of a network error. */
export function said(error: SdkError): string {
  const statusCode = error.$metadata?.httpStatusCode;
  // The message of a network error contains an address, which changes with each attempt.
  if (statusCode === undefined && typeof error.code === "string") return error.code;
  if (OWN.has(error.name)) return stable(error.message);
  const code = codeOf(error);
  if (statusCode !== undefined && code === undefined) {
    // The SDK's message about an unreadable answer does not help users.
    return httpAnswer(statusCode, isForeignAnswer(error) ? error.$response?.headers : {});
  }
  return SAYS_NOTHING.test(error.message) ? error.name : `${error.name}: ${stable(error.message)}`;
}

/** Thrown by answers/middleware.ts, with a complete message. */
const OWN: ReadonlySet<string> = new Set([NOT_THE_ANSWER, SUBRESOURCE_IGNORED]);

/** The SDK's texts for a missing message. */
const SAYS_NOTHING = /^(?:Unknown|UnknownError)?$/;

const MAX_LENGTH = 1024;

/** One line without request ids, times and session names: each new text in a condition would be a write. */
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
      // Seconds or milliseconds since the epoch, unless part of a name such as a bucket in an ARN.
      .replace(/(?<![\w:/.@-])1\d{9}(?:\d{3})?(?![\w:/@-]|\.\w)/g, "…")
      .trim()
      .slice(0, MAX_LENGTH)
  );
}
