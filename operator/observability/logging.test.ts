import { describe, expect, test } from "vitest";
import { createLogger, type LogLevel } from "./logging.ts";

function logger(level: LogLevel = "info") {
  const lines: string[] = [];
  const log = createLogger(level, { write: (line) => void lines.push(line) });
  return { log, lines, entry: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

describe("log entries", () => {
  test("have a time, a level in words, a message, and the keys of the caller", () => {
    const { log, entry } = logger();
    log.child({ controller: "s3bucket", namespace: "team-a" }).warn({ name: "docs" }, "Bucket was changed");
    expect(entry()).toEqual({
      ts: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/) as string,
      level: "warn",
      msg: "Bucket was changed",
      controller: "s3bucket",
      namespace: "team-a",
      name: "docs",
    });
  });

  test("are one line each, even with line breaks in values", () => {
    const { log, lines } = logger();
    log.info({ name: "a\nb\u2028c" }, "First\nsecond");
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain("\n");
  });

  test("below the level are not written", () => {
    const { log, lines } = logger("warn");
    log.info("Not this");
    log.error("But this");
    expect(lines).toHaveLength(1);
  });

  test("have an error with its causes, without its other fields", () => {
    const { log, entry, lines } = logger();
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const error = Object.assign(new Error("Access Denied", { cause }), {
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403, requestId: "4442587FB7D0A2F9", attempts: 1 },
      request: { headers: { authorization: "planted-1" }, body: "planted-2" },
    });
    log.error({ error }, "Reconcile failed");
    expect(entry()["error"]).toEqual({
      name: "AccessDenied",
      message: "Access Denied",
      httpStatusCode: 403,
      requestId: "4442587FB7D0A2F9",
      stack: error.stack,
      cause: { name: "Error", message: "connect", code: "ECONNREFUSED" },
    });
    expect(lines.join("")).not.toContain("planted");
  });

  test("can have an error that is its own cause", () => {
    const { log, entry } = logger();
    const error = new Error("loop");
    error.cause = error;
    log.error({ error }, "Reconcile failed");
    expect(entry()["error"]).toMatchObject({ message: "loop" });
  });

  test.each([
    { token: "planted" },
    { credentials: { accessKeyId: "planted", secretAccessKey: "planted" } },
    { assumeRole: { roleArn: "arn", externalId: "planted" } },
    { spec: { assumeRole: { externalId: "planted" } } },
    { headers: { authorization: "planted" } },
    { answer: { Credentials: { SecretAccessKey: "planted", SessionToken: "planted" } } },
  ])("never have secrets: %j", (content) => {
    const { log, lines } = logger();
    log.info(content, "Something happened");
    log.child(content).info("Something happened");
    expect(lines.join("")).not.toContain("planted");
  });

  test("can have a text as the error", () => {
    const { log, entry } = logger();
    log.error({ error: "text" }, "Reconcile failed");
    expect(entry()["error"]).toBe("text");
  });
});
