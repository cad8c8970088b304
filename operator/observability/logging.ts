import { pino, type DestinationStream, type Logger } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Values under these keys are never written, wherever in the first three levels of an entry they stand. */
const SECRETS = [
  "accessKeyId",
  "authorization",
  "Authorization",
  "credentials",
  "externalId",
  "ExternalId",
  "password",
  "secret",
  "secretAccessKey",
  "SecretAccessKey",
  "sessionToken",
  "SessionToken",
  "token",
];

/**
 * JSON lines with the keys `ts` (RFC 3339), `level` (a word), `msg` (constant text) and `error`, as controller-runtime has them; each call adds its own in
 * lowerCamelCase. Written before the call returns, so that nothing is lost at the end. `destination` is standard output unless given.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      errorKey: "error",
      serializers: { error: describeError },
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Of an error only what is known to be harmless: others carry requests, with headers and bodies. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, $metadata } = error as {
    code?: unknown;
    $metadata?: { httpStatusCode?: unknown; requestId?: unknown };
  };
  return {
    name,
    message,
    code,
    httpStatusCode: $metadata?.httpStatusCode,
    // What AWS's support asks for.
    requestId: $metadata?.requestId,
    stack: depth === 0 ? stack : undefined,
    cause: cause === undefined || depth >= 3 ? undefined : describeError(cause, depth + 1),
  };
}
