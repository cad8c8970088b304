import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDenial } from "./denial.ts";
import { describeAnswer, stable } from "./messages.ts";

describe("stable text", () => {
  test.each([
    [
      "Denied (Service: S3; Status Code: 403; Request ID: 4442587FB7D0A2F9; Proxy: null)",
      "Denied (Service: S3; Status Code: 403; Proxy: null)",
    ],
    ["Denied. RequestId: 4442587FB7D0A2F9, HostId: abc+/=", "Denied."],
    ["Denied. Encoded authorization failure message: AbC-_d9f", "Denied."],
    [
      "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z",
      "Signature expired: … is now earlier than …",
    ],
    ["Expired at 2026-01-01T00:00:00.123Z", "Expired at …"],
    [
      "Token expired: current date/time 1700000000 must be before 1699999999",
      "Token expired: current date/time … must be before …",
    ],
    [
      "User: arn:aws:sts::111122223333:assumed-role/op/session-1 is",
      "User: arn:aws:sts::111122223333:assumed-role/op is",
    ],
    ["Expired at 1700000000.", "Expired at …."],
    [
      "on arn:aws:s3:::docs-1700000000/1700000000 and docs.1700000000.x",
      "on arn:aws:s3:::docs-1700000000/1700000000 and docs.1700000000.x",
    ],
    ["account 111122223333 and 1234567890123456", "account 111122223333 and 1234567890123456"],
    ["two\nlines\tand\u0000more", "two lines and more"],
  ])("turns %j into %j", (message, expected) => {
    expect(stable(message)).toBe(expected);
  });

  test("is bounded and on one line for any answer", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: "binary" }), (message) => {
        const text = stable(message);
        expect(text.length).toBeLessThanOrEqual(1024);
        expect(text).not.toMatch(/\p{Cc}/u);
        expect(stable(text)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test("is made fast for any answer", () => {
    const startedAt = performance.now();
    for (const part of ["User: arn:", "request id", "a".repeat(20), "1", ":assumed-role/", " "]) {
      parseDenial(part.repeat(1_000_000 / part.length));
    }
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe("an answer that is not AWS's", () => {
  const shown = (body: unknown, headers = {}) => describeAnswer({ statusCode: 502, headers, body }, { host: "h" });

  test.each<[body: unknown, words: string]>([
    [
      "<html><head><style>p{}</style><script>alert(1)</script></head><body><h1>Bad Gateway</h1></body></html>",
      "Bad Gateway",
    ],
    ["<html><script>never ends", ""],
    [new TextEncoder().encode("no healthy upstream"), "no healthy upstream"],
    ['{"error":"no"}', "{'error':'no'}"],
    ["Ray ID: 8c1f0e2d9a7b, at 10:12:13, 2026-11-29T10:12:13Z, support 1234567", "Ray ID: …, at …, …, support …"],
    ["word ".repeat(100), `${"word ".repeat(20).slice(0, 99)}…`],
    [new ReadableStream(), ""],
    [undefined, ""],
  ])("%j is quoted as %j", (body, words) => {
    expect(shown(body)).toBe(`HTTP status 502, from h${words === "" ? "" : `: "${words}"`}`);
  });

  test("has a content type only if that is one", () => {
    expect(shown("", { "content-type": "text/html; charset=utf-8" })).toBe("HTTP status 502, text/html, from h");
    expect(shown("", { "content-type": "no type" })).toBe("HTTP status 502, from h");
  });

  test("is read fast, and is bounded and on one line", () => {
    const startedAt = performance.now();
    for (const part of ["<script", "<style>", "<", "1:", "a1", "\n", "</script"]) {
      const text = shown(part.repeat(1_000_000 / part.length));
      expect(text.length).toBeLessThan(200);
      expect(text).not.toMatch(/\p{Cc}/u);
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
