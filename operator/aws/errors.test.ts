import { CreateBucketCommand, GetBucketPolicyCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AccountMismatchError,
  awsErrorKind,
  isAbsent,
  isExpiredCredentials,
  isNoSuchBucket,
  observedRegion,
  type AwsErrorKind,
} from "./errors.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import { jsonError, s3Error, startEndpoint, type Answer, type Endpoint } from "./testing/endpoint.ts";

const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
let endpoint: Endpoint;
let s3: S3Client;
let kms: KMSClient;

beforeAll(async () => {
  endpoint = await startEndpoint();
  const config = { region: "us-east-1", endpoint: endpoint.url, credentials, maxAttempts: 1 };
  s3 = new S3Client({ ...config, forcePathStyle: true });
  kms = new KMSClient(config);
});

afterAll(async () => {
  s3.destroy();
  kms.destroy();
  await endpoint[Symbol.asyncDispose]();
});

async function caught(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call did not fail");
}

/** The error that the SDK makes of an answer to a GET, with a body. */
function s3Get(answer: Answer): Promise<Error> {
  endpoint.answer = () => answer;
  return caught(s3.send(new GetBucketPolicyCommand({ Bucket: "docs" })));
}

/** In every answer of S3. */
const REQUEST_ID = { "x-amz-request-id": "4442587FB7D0A2F9" };

/** The error that the SDK makes of S3's answer to HeadBucket, without a body. */
function s3Head(status: number, headers: Record<string, string> = {}): Promise<Error> {
  endpoint.answer = () => ({ status, headers: { ...REQUEST_ID, ...headers } });
  return caught(s3.send(new HeadBucketCommand({ Bucket: "docs" })));
}

function kmsCall(answer: Answer): Promise<Error> {
  endpoint.answer = () => answer;
  return caught(kms.send(new DescribeKeyCommand({ KeyId: "alias/docs" })));
}

/** As the SDK for IAM throws it; that client is not used yet. */
function iam(name: string, status: number, message = name): Error {
  return Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: status } });
}

const ABSENT: [status: number, code: string][] = [
  [404, "NoSuchBucketPolicy"],
  [404, "NoSuchTagSet"],
  [404, "NoSuchTagSetError"],
  [404, "NoSuchLifecycleConfiguration"],
  [404, "NoSuchCORSConfiguration"],
  [404, "ServerSideEncryptionConfigurationNotFoundError"],
  [404, "NoSuchPublicAccessBlockConfiguration"],
  [404, "OwnershipControlsNotFoundError"],
  [404, "ReplicationConfigurationNotFoundError"],
  [404, "ObjectLockConfigurationNotFoundError"],
  [404, "NoSuchConfiguration"],
  [404, "NoSuchWebsiteConfiguration"],
];

describe("S3", () => {
  test.each(ABSENT)("%i %s is absent, with its bucket there", async (status, code) => {
    const error = await s3Get(s3Error(status, code));
    expect(awsErrorKind(error)).toBe("NotFound");
    expect(isAbsent(error)).toBe(true);
    expect(isNoSuchBucket(error)).toBe(false);
  });

  test("a missing bucket is not an absent setting", async () => {
    const error = await s3Get(s3Error(404, "NoSuchBucket", "The specified bucket does not exist"));
    expect(awsErrorKind(error)).toBe("NotFound");
    expect(isAbsent(error)).toBe(false);
    expect(isNoSuchBucket(error)).toBe(true);
  });

  test.each<[status: number, code: string, message: string, kind: AwsErrorKind]>([
    [409, "BucketAlreadyOwnedByYou", "", "AlreadyOwned"],
    [409, "BucketAlreadyExists", "", "AlreadyExists"],
    [301, "PermanentRedirect", "", "WrongRegion"],
    [400, "IllegalLocationConstraintException", "", "WrongRegion"],
    [400, "InvalidLocationConstraint", "", "WrongRegion"],
    [409, "OperationAborted", "", "Conflict"],
    [400, "MalformedPolicy", "Invalid principal in policy", "NotYetVisible"],
    [400, "MalformedPolicy", "Policy has invalid resource", "Invalid"],
    [503, "SlowDown", "Please reduce your request rate.", "Throttled"],
    [503, "ServiceUnavailable", "", "Unavailable"],
    [400, "TooManyBuckets", "", "Quota"],
    [403, "AccessDenied", "Access Denied", "AccessDenied"],
    [403, "AllAccessDisabled", "", "AccessDenied"],
    [403, "InvalidAccessKeyId", "", "Credentials"],
    [403, "SignatureDoesNotMatch", "", "Credentials"],
    [403, "RequestTimeTooSkewed", "", "Credentials"],
    [400, "ExpiredToken", "", "Credentials"],
    [400, "InvalidToken", "", "Credentials"],
    [400, "AuthorizationHeaderMalformed", "", "Credentials"],
    [409, "BucketNotEmpty", "", "NotEmpty"],
    [400, "InvalidTargetBucketForLogging", "", "DestinationRefused"],
    [403, "CrossLocationLoggingProhibited", "", "DestinationRefused"],
    [403, "CrossLocationLoggingProhibitted", "", "DestinationRefused"],
    [403, "InvalidObjectState", "", "Invalid"],
    [403, "SomethingNewFromAWS", "", "Invalid"],
    [404, "NoSuchThingNewFromAWS", "", "Invalid"],
    [409, "InvalidBucketState", "", "Invalid"],
    [400, "MalformedXML", "", "Invalid"],
    [400, "InvalidArgument", "", "Invalid"],
    [400, "InvalidRequest", "", "Invalid"],
    [400, "InvalidBucketName", "", "Invalid"],
    [400, "InvalidTag", "", "Invalid"],
    [400, "SomethingNewFromAWS", "", "Invalid"],
    [501, "NotImplemented", "", "Unsupported"],
    [405, "MethodNotAllowed", "", "Unsupported"],
    [400, "UnsupportedArgument", "", "Unsupported"],
    [400, "RequestTimeout", "", "Unavailable"],
    [500, "InternalError", "", "Unavailable"],
    [502, "BadGateway", "", "Unavailable"],
    [504, "GatewayTimeout", "", "Unavailable"],
    // A code that is also the name of a property of every object.
    [400, "constructor", "", "Invalid"],
  ])("%i %s %j is %s", async (status, code, message, kind) => {
    const error = await s3Get(s3Error(status, code, message));
    expect(awsErrorKind(error)).toBe(kind);
    expect(isAbsent(error)).toBe(false);
  });

  test("AuthorizationHeaderMalformed that names a region is about the region", async () => {
    const error = await s3Get(s3Error(400, "AuthorizationHeaderMalformed", "wrong", "<Region>eu-west-1</Region>"));
    expect(awsErrorKind(error)).toBe("WrongRegion");
    expect(observedRegion(error)).toBe("eu-west-1");
  });

  test.each<[status: number, region: string | undefined, kind: AwsErrorKind]>([
    [301, "eu-west-1", "WrongRegion"],
    [301, undefined, "WrongRegion"],
    [400, "eu-west-1", "WrongRegion"],
    [400, undefined, "Credentials"],
    [403, "us-east-1", "AccessDenied"],
    // Of the bucket: see isNoSuchBucket.
    [404, undefined, "Unavailable"],
    [405, undefined, "Unsupported"],
    [429, undefined, "Throttled"],
    [500, undefined, "Unavailable"],
    [501, undefined, "Unsupported"],
    [503, undefined, "Throttled"],
  ])("HeadBucket's %i, without a body, with region %s, is %s", async (status, region, kind) => {
    const error = await s3Head(status, region === undefined ? {} : { "x-amz-bucket-region": region });
    expect(awsErrorKind(error)).toBe(kind);
    expect(observedRegion(error)).toBe(region);
    expect(isNoSuchBucket(error)).toBe(status === 404);
    expect(isExpiredCredentials(error)).toBe(status === 400);
  });

  test("a region that is none is not believed", async () => {
    const error = await s3Head(301, { "x-amz-bucket-region": "evil.example.com/" });
    expect(observedRegion(error)).toBeUndefined();
  });

  test("an answer that is cut off, or is no XML, may pass", async () => {
    for (const body of ["<Error><Code>Acc", "<html>proxy says no", "{}"]) {
      const error = await s3Get({ status: 502, headers: { "content-type": "application/xml" }, body });
      expect(awsErrorKind(error)).toBe("Unavailable");
    }
  });

  test("what the SDK refuses by itself is invalid", async () => {
    expect(awsErrorKind(await caught(s3.send(new CreateBucketCommand({ Bucket: "not/a/name" }))))).toBe("Invalid");
    const virtual = new S3Client({ region: "us-east-1", credentials });
    expect(awsErrorKind(await caught(virtual.send(new HeadBucketCommand({ Bucket: "arn:aws:s3:::docs" }))))).toBe(
      "Invalid",
    );
  });
});

describe("KMS", () => {
  test.each<[status: number, code: string, kind: AwsErrorKind]>([
    [400, "NotFoundException", "NotFound"],
    [400, "AlreadyExistsException", "AlreadyExists"],
    [400, "ConflictException", "Conflict"],
    [400, "KMSInvalidStateException", "Conflict"],
    [400, "MalformedPolicyDocumentException", "Invalid"],
    [400, "ThrottlingException", "Throttled"],
    [400, "LimitExceededException", "Quota"],
    [400, "AccessDeniedException", "AccessDenied"],
    [400, "UnrecognizedClientException", "Credentials"],
    [400, "UnsupportedOperationException", "Unsupported"],
    [400, "ValidationException", "Invalid"],
    [500, "DependencyTimeoutException", "Unavailable"],
    [500, "KMSInternalException", "Unavailable"],
  ])("%i %s is %s", async (status, code, kind) => {
    expect(awsErrorKind(await kmsCall(jsonError(status, code)))).toBe(kind);
  });
});

describe("IAM and STS", () => {
  test.each<[status: number, name: string, message: string, kind: AwsErrorKind]>([
    [404, "NoSuchEntityException", "", "NotFound"],
    [409, "EntityAlreadyExistsException", "", "AlreadyExists"],
    [409, "ConcurrentModificationException", "", "Conflict"],
    [409, "EntityTemporarilyUnmodifiableException", "", "Conflict"],
    [409, "DeleteConflictException", "", "NotEmpty"],
    [400, "MalformedPolicyDocumentException", 'Invalid principal in policy: "AWS":"arn"', "NotYetVisible"],
    [400, "Throttling", "Rate exceeded", "Throttled"],
    [409, "LimitExceededException", "", "Quota"],
    [403, "AccessDenied", "", "AccessDenied"],
    [400, "ExpiredToken", "", "Credentials"],
    [400, "ExpiredTokenException", "", "Credentials"],
    [500, "ServiceFailureException", "", "Unavailable"],
  ])("%i %s %j is %s", (status, name, message, kind) => {
    expect(awsErrorKind(iam(name, status, message))).toBe(kind);
  });
});

describe("what a proxy answers", () => {
  const page = (status: number, body = "<html><body>no</body></html>", headers = {}): Answer => ({
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...headers },
    body,
  });
  const BROKEN = "<html><body><p>no</body></html>";
  const context = { action: "s3:GetBucketPolicy" };

  test.each([400, 403, 404, 407, 502])("%i is told as that, by its status and content type", async (status) => {
    const message = `Something between the operator and AWS answered (s3:GetBucketPolicy): HTTP status ${status}, text/html`;
    for (const error of [await s3Get(page(status)), await s3Get(page(status, BROKEN)), await kmsCall(page(status))]) {
      expect(awsFailure(error, context)).toEqual({ reason: "Unavailable", message });
    }
  });

  test("HeadBucket's status counts only with the id of the request", async () => {
    for (const status of [301, 400, 403, 404, 429]) {
      endpoint.answer = () => ({ status, headers: { "x-amz-bucket-region": "eu-west-1" } });
      const error = await caught(s3.send(new HeadBucketCommand({ Bucket: "docs" })));
      expect(awsErrorKind(error)).toBe("Unavailable");
      expect(isNoSuchBucket(error)).toBe(false);
      expect(isExpiredCredentials(error)).toBe(false);
    }
  });

  test("in place of AWS's body, with AWS's headers, is still no word that something is not there", async () => {
    for (const id of ["x-amz-request-id", "x-amzn-requestid"]) {
      const answer = page(404, undefined, { [id]: "4442587FB7D0A2F9" });
      for (const error of [await s3Get(answer), await kmsCall(answer)]) {
        expect(awsErrorKind(error)).toBe("Unavailable");
        expect(isAbsent(error)).toBe(false);
      }
      expect(awsErrorKind(await s3Get(page(403, BROKEN, { [id]: "4442587FB7D0A2F9" })))).toBe("Unavailable");
    }
  });

  test("in the form of another service's error has no code of AWS", async () => {
    for (const body of ['{"code":404,"message":"no"}', '{"message":"no"}', "[]", "404 page not found", ""]) {
      expect(awsErrorKind(await kmsCall({ status: 404, body }))).toBe("Unavailable");
    }
    expect(awsFailure(await kmsCall(s3Error(400, "InvalidRequest")), context)?.message).toBe(
      "Something between the operator and AWS answered (s3:GetBucketPolicy): HTTP status 400, application/xml",
    );
  });

  test("a code is AWS's word, or a store's, also without the id of the request", async () => {
    const body = "<Error><Code>NoSuchBucketPolicy</Code></Error>";
    expect(isAbsent(await s3Get({ status: 404, body }))).toBe(true);
  });
});

describe("stores", () => {
  test.each([
    ["<Error><Code>InvalidArgument</Code><Message></Message></Error>", "AWS refuses the request: InvalidArgument"],
    ["<Error><Code>InvalidArgument</Code></Error>", "AWS refuses the request: InvalidArgument"],
    [
      "<Error><Code>InvalidArgument</Code><Message>no</Message></Error>",
      "AWS refuses the request: InvalidArgument: no",
    ],
  ])("%s", async (body, message) => {
    expect(awsFailure(await s3Get({ status: 400, body }))?.message).toBe(message);
  });

  test("without S3 Control take its path for that of a bucket", async () => {
    const error = await s3Get(s3Error(404, "NoSuchBucket", "no", "<BucketName>v20180820</BucketName>"));
    expect(awsErrorKind(error)).toBe("Unsupported");
    expect(isNoSuchBucket(error)).toBe(false);
    expect(isNoSuchBucket(await s3Get(s3Error(404, "NoSuchBucket", "no", "<BucketName>docs</BucketName>")))).toBe(true);
  });

  test.each([
    ["InvalidAction", "Could not find operation ListAttachedRolePolicies for version 2010-05-08"],
    ["InvalidParameterValue", "Unsupported action GetCallerIdentity"],
    ["UnknownOperationException", ""],
    ["UnknownOperation", ""],
  ])("that do not know the operation: %s %s", (name, message) => {
    expect(awsFailure(iam(name, 400, message))).toMatchObject({ reason: "Unsupported" });
  });

  test("InvalidParameterValue of something else is invalid", () => {
    expect(awsErrorKind(iam("InvalidParameterValue", 400, "Invalid value for MaxItems"))).toBe("Invalid");
  });
});

test("a bucket that S3 does not take for access logs is no denial, and not missing for sure", () => {
  for (const [status, code] of [
    [403, "CrossLocationLoggingProhibitted"],
    [400, "InvalidTargetBucketForLogging"],
  ] as const) {
    const failure = awsFailure(iam(code, status, "no"), { action: "s3:PutBucketLogging" });
    expect(failure).toEqual({
      reason: "DestinationRefused",
      message: `The bucket for access logs must exist, in the same account and region, and let S3 write to it (s3:PutBucketLogging): ${code}: no`,
    });
  }
});

describe("what is not AWS's", () => {
  test.each([
    new TypeError("undefined is not a function"),
    Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("from the Kubernetes API"), { name: "NotFound" }),
    "AccessDenied",
    undefined,
    null,
    { name: "AccessDenied", $metadata: {} },
  ])("%s has no kind", (error) => {
    expect(awsErrorKind(error)).toBeUndefined();
    expect(awsFailure(error)).toBeUndefined();
    expect(isAbsent(error)).toBe(false);
    expect(isNoSuchBucket(error)).toBe(false);
    expect(observedRegion(error)).toBeUndefined();
  });
});

describe("failures", () => {
  const context = { action: "s3:GetBucketPolicy", resource: "arn:aws:s3:::docs" };

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

  test("a denial without details takes them from the caller", async () => {
    const message = awsFailure(await s3Head(403), context)?.message;
    expect(message).toContain("AWS denied s3:GetBucketPolicy on arn:aws:s3:::docs.");
    expect(message).toContain('{"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::docs"}');
  });

  test("what AWS refuses for good is terminal, with its words and without its request id", async () => {
    const error = await s3Get(
      s3Error(400, "MalformedPolicy", "Policy has invalid resource (Request ID: 4442587FB7D0A2F9)"),
    );
    expect(awsFailure(error, context)).toEqual({
      reason: "Invalid",
      message: "AWS refuses the request (s3:GetBucketPolicy): MalformedPolicy: Policy has invalid resource",
      terminal: true,
    });
  });

  test("a bucket elsewhere says where", async () => {
    const failure = awsFailure(await s3Head(301, { "x-amz-bucket-region": "eu-west-1" }));
    expect(failure).toEqual({
      reason: "RegionMismatch",
      message: "It is in another region, eu-west-1: HTTP status 301",
      terminal: true,
    });
  });

  test.each<[name: string, status: number, expected: object]>([
    ["OperationAborted", 409, { reason: "Conflict", retryAfterMs: 5000 }],
    ["TooManyBuckets", 400, { reason: "QuotaExceeded", retryAfterMs: 1_800_000 }],
    ["ExpiredToken", 400, { reason: "Credentials", retryAfterMs: 60_000 }],
    ["BucketAlreadyExists", 409, { reason: "AlreadyExists", terminal: true }],
    ["NotImplemented", 501, { reason: "Unsupported", terminal: true }],
  ])("%s", (name, status, expected) => {
    expect(awsFailure(iam(name, status))).toMatchObject(expected);
  });

  test.each(["SlowDown", "InternalError"])("%s leaves the delay to the caller's backoff", (name) => {
    const failure = awsFailure(iam(name, 503));
    expect(failure).toBeDefined();
    expect(failure).not.toHaveProperty("retryAfterMs");
    expect(failure).not.toHaveProperty("terminal");
  });

  test("another account's credentials are for a person to put right", () => {
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

  test("an abort says nothing about the object, a deadline does", () => {
    const aborted = (cause: unknown) => Object.assign(new Error("Request aborted", { cause }), { name: "AbortError" });
    expect(awsFailure(aborted("shutdown"))).toMatchObject({ reason: "Aborted", quiet: true });
    const late = awsFailure(aborted(new DOMException("late", "TimeoutError")));
    expect(late).toMatchObject({ reason: "TimedOut" });
    expect(late).not.toHaveProperty("quiet");
  });

  test("the same network error reads the same whatever address it was", () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED", $metadata: { attempts: 3 } });
    expect(awsFailure(refused("52.216.1.2:443"))).toEqual(awsFailure(refused("52.216.9.9:443")));
    expect(awsFailure(refused("52.216.1.2:443"))?.message).toContain("ECONNREFUSED");
  });
});
