import { NOT_THE_ANSWER, SUBRESOURCE_IGNORED } from "./error-codes.ts";
import { codeOf, isAnswerOfAws, type AwsCall, type Response, type SdkError } from "./origin.ts";

/** AWS's code and message; what is known of an answer without a code; the name of a network error. */
export function said(error: SdkError): string {
  const statusCode = error.$metadata?.httpStatusCode;
  const { $call: call, $response: response } = error;
  // The messages contain addresses, which change with each attempt, or explain the SDK's options.
  if (statusCode === undefined && typeof error.code === "string")
    return call === undefined ? error.code : `${error.code} at ${call.host}`;
  if (statusCode === undefined && error.name === "TimeoutError") return `no answer in time${from(call)}`;
  if (OWN.has(error.name)) return stable(error.message);
  if (statusCode !== undefined && codeOf(error) === undefined) {
    return isAnswerOfAws(error)
      ? `HTTP status ${statusCode}`
      : describeAnswer({ headers: {}, ...response, statusCode }, call);
  }
  return SAYS_NOTHING.test(error.message) ? error.name : `${error.name}: ${stable(error.message)}`;
}

/** `HTTP status 403, text/html, from s3.amazonaws.com: "Please log in"` */
export function describeAnswer({ statusCode, headers, body }: Response, call?: Pick<AwsCall, "host">): string {
  const type = /^[\w.+-]{1,64}\/[\w.+-]{1,64}/.exec(headers["content-type"] ?? "")?.[0];
  const words = firstWords(body);
  return `HTTP status ${statusCode}${type === undefined ? "" : `, ${type}`}${from(call, ",")}${words === "" ? "" : `: "${words}"`}`;
}

function from(call: Pick<AwsCall, "host"> | undefined, separator = ""): string {
  return call === undefined ? "" : `${separator} from ${call.host}`;
}

const MAX_READ = 2_048;
const MAX_WORDS = 100;

/** Text of a page without markup, and without numbers that differ in each answer. */
function firstWords(body: unknown): string {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return "";
  const text = typeof body === "string" ? body : new TextDecoder().decode(body.subarray(0, MAX_READ));
  const words = text
    .slice(0, MAX_READ)
    .replace(/<(script|style)\b[^]*?(?:<\/\1\b|$)/gi, "<")
    .replace(/<[^>]*(?:>|$)/g, " ");
  const line = stable(words)
    .replace(/\d{1,2}:\d{2}(?::\d{2})?|\b(?=\w*\d)\w{8,}\b|\d{5,}/g, "…")
    .replaceAll('"', "'");
  return line.length <= MAX_WORDS ? line : `${line.slice(0, MAX_WORDS - 1).toWellFormed()}…`;
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
