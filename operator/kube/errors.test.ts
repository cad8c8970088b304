import { describe, expect, test } from "vitest";
import { errorOfStatus, isConflict, isGone, isNotFound, isRefusal, KubeError, kubeFailure } from "./errors.ts";

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

describe("the server's own words reach the user", () => {
  const WEBHOOK =
    'failed calling webhook "x.example.com": Post "https://x.team.svc:443/v": connect: connection refused';

  test.each([
    [500, "InternalError", WEBHOOK],
    [500, "Unknown", "etcdserver: request timed out"],
    [503, "ServiceUnavailable", "the server is currently unable to handle the request"],
    [504, "Timeout", "Timeout: request did not complete within requested timeout"],
    [409, "", 'admission webhook "x.example.com" denied the request: no'],
    [429, "TooManyRequests", "too many requests, please try again later"],
    [401, "Unauthorized", "token expired"],
    [403, "Forbidden", "not allowed"],
    [422, "Invalid", "not valid"],
    [404, "Gone", "no such path"],
  ])("%i %s: %s", (status, reason, message) => {
    expect(kubeFailure(errorOfStatus("create configmaps team/docs", status, { reason, message }))?.message).toContain(
      `create configmaps team/docs: ${status} ${reason || "Unknown"}: ${message}`,
    );
  });

  test("without the port of a connection, which differs in each try", () => {
    const failure = (port: number) =>
      kubeFailure(errorOfStatus("get", 500, { message: `read tcp 10.0.0.5:${port}->10.96.3.4:443: reset` }))?.message;
    expect(failure(43_210)).toBe(failure(51_234));
    expect(failure(1)).toContain("10.0.0.5->10.96.3.4:443: reset");
  });

  test("and nothing stands for them if there are none", () => {
    for (const given of [errorOfStatus("get", 502, undefined), new KubeError("get", 0, "Unreachable", "ECONNRESET")])
      expect(kubeFailure(given)?.message).toBe("The Kubernetes API server does not respond correctly.");
  });

  test.each([
    [403, "forbidden", true],
    [422, "invalid", true],
    [500, WEBHOOK, true],
    [500, "etcdserver: request timed out", false],
    [409, "the object has been modified", false],
    [503, "", false],
  ])("%i %s is a refusal: %s", (status, message, expected) => {
    expect(isRefusal(errorOfStatus("patch", status, { message }))).toBe(expected);
  });
});

test("a long message is cut", () => {
  expect(errorOfStatus("get", 500, { message: "x".repeat(100_000) }).message.length).toBeLessThan(2_000);
});
