import { pino, type DestinationStream, type Logger } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Values of these keys are redacted, in the first three levels of an entry. */
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
 * Writes JSON lines with the keys of controller-runtime: `ts` (RFC 3339), `level` (a word), `msg` (constant text),
 * `error`, and lowerCamelCase keys of the caller. Writes synchronously, so that an exit loses no line. Default:
 * standard output.
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

/** Writes known fields only: errors of libraries may contain requests, with headers and bodies. */
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
    // AWS Support asks for it.
    requestId: $metadata?.requestId,
    stack: depth === 0 ? stack : undefined,
    cause: cause === undefined || depth >= 3 ? undefined : describeError(cause, depth + 1),
  };
}
