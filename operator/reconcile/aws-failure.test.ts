import { describe, expect, test } from "vitest";
import { CODES } from "../aws/error-codes.ts";
import { AccountMismatchError } from "../aws/errors.ts";
import { s3Error } from "../aws/testing/endpoint.ts";
import { BROKEN_HTML, iamError, proxyPage, REQUEST_ID, useSdkErrors } from "../aws/testing/sdk-errors.ts";
import { awsFailure } from "./aws-failure.ts";

const { s3Get, s3Head, kmsCall } = useSdkErrors();
const context = { action: "s3:GetBucketPolicy", resource: "arn:aws:s3:::docs" };

describe("answers of AWS", () => {
  test("a denial names the action, the resource and the statement to add, from AWS's message", async () => {
    const error = await s3Get(
      s3Error(
        403,
        "AccessDenied",
        "User: arn:aws:sts::111122223333:assumed-role/op/s3-operator is not authorized to perform: s3:GetBucketPolicy on resource: &quot;arn:aws:s3:::other&quot; because no identity-based policy allows the s3:GetBucketPolicy action",
      ),
    );
    expect(awsFailure(error, { action: "s3:Wrong", resource: "arn:aws:s3:::wrong" })).toEqual({
      reason: "AccessDenied",
      message:
        'AWS denied s3:GetBucketPolicy on arn:aws:s3:::other to arn:aws:sts::111122223333:assumed-role/op: no identity-based policy allows the s3:GetBucketPolicy action. Add to the operator\'s IAM policy: {"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::other"}.',
      retryAfterMs: 120_000,
    });
  });

  test("a denial without details takes action and resource from the caller", async () => {
    const message = awsFailure(await s3Head(403, REQUEST_ID), context)?.message;
    expect(message).toContain("AWS denied s3:GetBucketPolicy on arn:aws:s3:::docs.");
    expect(message).toContain('{"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::docs"}');
  });

  test("an invalid request is terminal, with AWS's message and without the request id", async () => {
    const error = await s3Get(
      s3Error(400, "MalformedPolicy", "Policy has invalid resource (Request ID: 4442587FB7D0A2F9)"),
    );
    expect(awsFailure(error, context)).toEqual({
      reason: "Invalid",
      message: "AWS refuses the request (s3:GetBucketPolicy): MalformedPolicy: Policy has invalid resource",
      terminal: true,
    });
  });

  test("names the region of a bucket in another region", async () => {
    const failure = awsFailure(await s3Head(301, { ...REQUEST_ID, "x-amz-bucket-region": "eu-west-1" }));
    expect(failure).toEqual({
      reason: "RegionMismatch",
      message: "It is in another region, eu-west-1 (s3:HeadBucket): HTTP status 301",
      terminal: true,
    });
  });

  const kinds = Object.entries(CODES).filter(([kind]) => kind !== "Aborted");
  test.each(kinds)("%s says what it means, and is terminal or tried again within an hour", (_kind, [code = ""]) => {
    const { reason, message, terminal, retryAfterMs } = awsFailure(iamError(code, 400), context) ?? { message: "" };
    expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(message).toMatch(/^[A-Z].{10,} ?\(?s3:GetBucketPolicy/);
    if (retryAfterMs === undefined) return;
    expect(terminal).toBeUndefined();
    expect(retryAfterMs % 1_000).toBe(0);
    expect(retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  test.each<[name: string, status: number, expected: object]>([
    ["OperationAborted", 409, { reason: "Conflict", retryAfterMs: 5000 }],
    ["TooManyBuckets", 400, { reason: "QuotaExceeded", retryAfterMs: 1_800_000 }],
    ["ExpiredToken", 400, { reason: "Credentials", retryAfterMs: 60_000 }],
    ["BucketAlreadyExists", 409, { reason: "AlreadyExists", terminal: true }],
    ["NotImplemented", 501, { reason: "Unsupported", terminal: true }],
  ])("%s", (name, status, expected) => {
    expect(awsFailure(iamError(name, status))).toMatchObject(expected);
  });

  test.each(["SlowDown", "InternalError"])("%s has no retry delay of its own", (name) => {
    const failure = awsFailure(iamError(name, 503));
    expect(failure).toBeDefined();
    expect(failure).not.toHaveProperty("retryAfterMs");
    expect(failure).not.toHaveProperty("terminal");
  });

  test("credentials of another account are terminal", () => {
    const error = new AccountMismatchError(
      "111122223333",
      "999988887777",
      "arn:aws:sts::999988887777:assumed-role/op/i-0abc",
    );
    expect(awsFailure(error)).toEqual({
      reason: "AccountMismatch",
      message:
        "The credentials belong to AWS account 999988887777 (arn:aws:sts::999988887777:assumed-role/op), not to 111122223333. Correct accountId or assumeRole.",
      terminal: true,
      retryAfterMs: 600_000,
    });
  });

  test("an abort is quiet, a deadline is a failure", () => {
    const aborted = (cause: unknown) => Object.assign(new Error("Request aborted", { cause }), { name: "AbortError" });
    for (const cause of ["shutdown", new Error("the lease is lost"), undefined]) {
      expect(awsFailure(aborted(cause))).toMatchObject({ reason: "Aborted", quiet: true });
    }
    const late = awsFailure(aborted(new DOMException("late", "TimeoutError")));
    expect(late).toMatchObject({ reason: "TimedOut" });
    expect(late).not.toHaveProperty("quiet");
  });

  test("a network error has the same message for every address", () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED", $metadata: { attempts: 3 } });
    expect(awsFailure(refused("52.216.1.2:443"))).toEqual(awsFailure(refused("52.216.9.9:443")));
    expect(awsFailure(refused("52.216.1.2:443"))?.message).toContain("ECONNREFUSED");
  });
});

test("without an answer, the message names the host and not the SDK's options", () => {
  const call = { $call: { operation: "sts:GetCallerIdentity", host: "sts.example.com" }, $metadata: {} };
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND sts.example.com"), { code: "ENOTFOUND" }, call);
  const late = Object.assign(new Error("@smithy/node-http-handler - timeout"), { name: "TimeoutError" }, call);
  const text = "AWS does not respond, or responds with an internal error (sts:GetCallerIdentity): ";
  expect(awsFailure(unknown)?.message).toBe(`${text}ENOTFOUND at sts.example.com`);
  expect(awsFailure(late)?.message).toBe(`${text}no answer in time from sts.example.com`);
});

test("a denial that names no action has that of the call, but for S3", async () => {
  const denied = (operation: string) =>
    awsFailure(Object.assign(iamError("AccessDenied", 403, "Forbidden"), { $call: { operation, host: "h" } }));
  expect(denied("sts:GetCallerIdentity")?.message).toContain("AWS denied sts:GetCallerIdentity.");
  expect(denied("s3:HeadBucket")?.message).toContain("AWS denied the call.");
});

describe("answers of a proxy", () => {
  test.each([400, 403, 404, 407, 502])("%i: names status, content type and the first words", async (status) => {
    const message = `Something between the operator and AWS answered (s3:GetBucketPolicy): HTTP status ${status}, text/html, from 127.0.0.1: "no"`;
    for (const error of [
      await s3Get(proxyPage(status)),
      await s3Get(proxyPage(status, BROKEN_HTML)),
      await kmsCall(proxyPage(status)),
    ]) {
      expect(awsFailure(error, context)).toEqual({ reason: "Unavailable", message });
    }
  });

  test("another service's error", async () => {
    expect(awsFailure(await kmsCall(s3Error(400, "InvalidRequest")), context)?.message).toBe(
      'Something between the operator and AWS answered (s3:GetBucketPolicy): HTTP status 400, application/xml, from 127.0.0.1: "InvalidRequest InvalidRequest … abc="',
    );
  });
});

describe("errors of a store with or without a message", () => {
  test.each([
    [
      "<Error><Code>InvalidArgument</Code><Message></Message></Error>",
      "AWS refuses the request (s3:GetBucketPolicy): InvalidArgument",
    ],
    ["<Error><Code>InvalidArgument</Code></Error>", "AWS refuses the request (s3:GetBucketPolicy): InvalidArgument"],
    [
      "<Error><Code>InvalidArgument</Code><Message>no</Message></Error>",
      "AWS refuses the request (s3:GetBucketPolicy): InvalidArgument: no",
    ],
  ])("%s", async (body, message) => {
    expect(awsFailure(await s3Get({ status: 400, body }))?.message).toBe(message);
  });
});

test("a target of access logs that S3 refuses is neither a denial nor missing", () => {
  for (const [status, code] of [
    [403, "CrossLocationLoggingProhibitted"],
    [400, "InvalidTargetBucketForLogging"],
  ] as const) {
    const failure = awsFailure(iamError(code, status, "no"), { action: "s3:PutBucketLogging" });
    expect(failure).toEqual({
      reason: "DestinationRefused",
      message: `The bucket for access logs must exist, in the same account and region, and let S3 write to it (s3:PutBucketLogging): ${code}: no`,
    });
  }
});
describe("errors that are not from AWS", () => {
  test.each([
    new TypeError("undefined is not a function"),
    Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("from the Kubernetes API"), { name: "NotFound" }),
    "AccessDenied",
    undefined,
    null,
    { name: "AccessDenied", $metadata: {} },
  ])("%s has no failure", (error) => {
    expect(awsFailure(error)).toBeUndefined();
  });
});
