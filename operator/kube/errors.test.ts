import { describe, expect, test } from "vitest";
import { errorOfStatus, isConflict, isGone, isNotFound, KubeError, kubeFailure } from "./errors.ts";

const error = (status: number, reason: string, retryAfter?: string) =>
  errorOfStatus("get widgets a", status, { reason, message: "sentence" }, retryAfter);

describe("the failure of a reconcile whose call failed", () => {
  test.each([
    [error(409, "Conflict"), { quiet: true, reason: "Conflict" }],
    [error(409, "AlreadyExists"), { reason: "AlreadyExists" }],
    [error(403, "Forbidden"), { reason: "Forbidden", message: "get widgets a: 403 Forbidden: sentence" }],
    [error(401, "Unauthorized"), { reason: "Unauthorized" }],
    [error(404, "NotFound"), { reason: "NotFound" }],
    [error(422, "Invalid"), { reason: "Invalid", terminal: true, retryAfterMs: 600_000 }],
    [error(400, "BadRequest"), { reason: "Invalid", terminal: true }],
    [error(413, "RequestEntityTooLarge"), { reason: "Invalid", terminal: true }],
    [error(429, "TooManyRequests", "7"), { reason: "TooManyRequests", retryAfterMs: 7_000 }],
    [error(503, "ServiceUnavailable"), { reason: "APIServerUnavailable" }],
    // The page of a proxy, without a reason.
    [errorOfStatus("get", 404, undefined), { reason: "APIServerUnavailable" }],
    [errorOfStatus("get", 409, undefined), { reason: "APIServerUnavailable" }],
    [new KubeError("get", 0, "Unreachable", "ECONNRESET"), { reason: "APIServerUnavailable" }],
  ])("%s", (given, expected) => {
    const failure = kubeFailure(given);
    expect(failure).toMatchObject(expected);
    expect(failure?.quiet ?? false).toBe("quiet" in expected);
    expect(failure?.terminal ?? false).toBe("terminal" in expected);
  });

  test("is undefined for other errors", () => {
    expect(kubeFailure(new Error("AccessDenied"))).toBeUndefined();
    expect(kubeFailure(undefined)).toBeUndefined();
  });
});

test("the predicates check the status and the reason", () => {
  expect([404, 409, 410].map((status) => isNotFound(error(status, "NotFound")))).toEqual([true, false, false]);
  const ofProxy = [404, 409].map((status) => errorOfStatus("get", status, undefined));
  expect(ofProxy.map((each) => isNotFound(each) || isConflict(each))).toEqual([false, false]);
  expect([404, 409, 410].map((status) => isGone(error(status, "x")))).toEqual([false, false, true]);
  expect(["Conflict", "AlreadyExists"].map((reason) => isConflict(error(409, reason)))).toEqual([true, false]);
});

test("Retry-After comes from the header or the body, and is ignored if invalid", () => {
  expect(errorOfStatus("list", 429, { details: { retryAfterSeconds: 3 } }).retryAfterMs).toBe(3_000);
  expect(error(429, "TooManyRequests", "soon").retryAfterMs).toBeUndefined();
});

test("Retry-After is cut to a minute", () => {
  expect(error(503, "ServiceUnavailable", "3600").retryAfterMs).toBe(60_000);
  expect(errorOfStatus("get", 429, { details: { retryAfterSeconds: 86_400 } }).retryAfterMs).toBe(60_000);
});

test("a long message is cut", () => {
  expect(errorOfStatus("get", 500, { message: "x".repeat(100_000) }).message.length).toBeLessThan(2_000);
});
