import { CreateBucketCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import type { AwsErrorKind } from "./error-codes.ts";
import { awsErrorKind, isAbsent, isExpiredCredentials, isNoSuchBucket, observedRegion } from "./errors.ts";
import { jsonError, s3Error } from "./testing/endpoint.ts";
import { BROKEN_HTML, errorOf, iamError, proxyPage, REQUEST_ID, useSdkErrors } from "./testing/sdk-errors.ts";

const { s3Get, s3Head, kmsCall } = useSdkErrors();

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
  test.each(ABSENT)("%i %s: the configuration is absent, the bucket exists", async (status, code) => {
    const error = await s3Get(s3Error(status, code));
    expect(awsErrorKind(error)).toBe("NotFound");
    expect(isAbsent(error)).toBe(true);
    expect(isNoSuchBucket(error)).toBe(false);
  });

  test("a missing bucket is not an absent configuration", async () => {
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

  test("AuthorizationHeaderMalformed with a region is WrongRegion", async () => {
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
    // See isNoSuchBucket.
    [404, undefined, "Unavailable"],
    [405, undefined, "Unsupported"],
    [429, undefined, "Throttled"],
    [500, undefined, "Unavailable"],
    [501, undefined, "Unsupported"],
    [503, undefined, "Throttled"],
  ])("HeadBucket's %i, without a body, with region %s, is %s", async (status, region, kind) => {
    const located = region === undefined ? {} : { "x-amz-bucket-region": region };
    const error = await s3Head(status, { ...REQUEST_ID, ...located });
    expect(awsErrorKind(error)).toBe(kind);
    expect(observedRegion(error)).toBe(region);
    expect(isNoSuchBucket(error)).toBe(status === 404);
    expect(isExpiredCredentials(error)).toBe(status === 400);
  });

  test("ignores an invalid region", async () => {
    const error = await s3Head(301, { ...REQUEST_ID, "x-amz-bucket-region": "evil.example.com/" });
    expect(observedRegion(error)).toBeUndefined();
  });

  test("an answer that is truncated or not XML is Unavailable", async () => {
    for (const body of ["<Error><Code>Acc", "<html>proxy says no", "{}"]) {
      const error = await s3Get({ status: 502, headers: { "content-type": "application/xml" }, body });
      expect(awsErrorKind(error)).toBe("Unavailable");
    }
  });

  test("a request that the SDK refuses is Invalid", async () => {
    const config = { region: "us-east-1", credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" } };
    const byPath = new S3Client({ ...config, forcePathStyle: true });
    const byHost = new S3Client(config);
    expect(awsErrorKind(await errorOf(byPath.send(new CreateBucketCommand({ Bucket: "not/a/name" }))))).toBe("Invalid");
    const error = await errorOf(byHost.send(new HeadBucketCommand({ Bucket: "arn:aws:s3:::docs" })));
    expect(awsErrorKind(error)).toBe("Invalid");
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
    expect(awsErrorKind(iamError(name, status, message))).toBe(kind);
  });
});
describe("answers of a proxy", () => {
  test("the status of HeadBucket counts only with a request id", async () => {
    for (const status of [301, 400, 403, 404, 429]) {
      const error = await s3Head(status, { "x-amz-bucket-region": "eu-west-1" });
      expect(awsErrorKind(error)).toBe("Unavailable");
      expect(isNoSuchBucket(error)).toBe(false);
      expect(isExpiredCredentials(error)).toBe(false);
    }
  });

  test("a foreign body with AWS's headers is not an absence", async () => {
    for (const id of ["x-amz-request-id", "x-amzn-requestid"]) {
      const answer = proxyPage(404, undefined, { [id]: "4442587FB7D0A2F9" });
      for (const error of [await s3Get(answer), await kmsCall(answer)]) {
        expect(awsErrorKind(error)).toBe("Unavailable");
        expect(isAbsent(error)).toBe(false);
      }
      expect(awsErrorKind(await s3Get(proxyPage(403, BROKEN_HTML, { [id]: "4442587FB7D0A2F9" })))).toBe("Unavailable");
    }
  });

  test("an error in the form of another service has no code of AWS", async () => {
    for (const body of ['{"code":404,"message":"no"}', '{"message":"no"}', "[]", "404 page not found", ""]) {
      expect(awsErrorKind(await kmsCall({ status: 404, body }))).toBe("Unavailable");
    }
    expect(awsErrorKind(await kmsCall(s3Error(400, "InvalidRequest")))).toBe("Unavailable");
  });

  test("a code counts without a request id", async () => {
    const body = "<Error><Code>NoSuchBucketPolicy</Code></Error>";
    expect(isAbsent(await s3Get({ status: 404, body }))).toBe(true);
  });
});
describe("stores", () => {
  test("without S3 Control take its path for a bucket", async () => {
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
    expect(awsErrorKind(iamError(name, 400, message))).toBe("Unsupported");
  });

  test("InvalidParameterValue of something else is invalid", () => {
    expect(awsErrorKind(iamError("InvalidParameterValue", 400, "Invalid value for MaxItems"))).toBe("Invalid");
  });
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
  ])("%s has no kind", (error) => {
    expect(awsErrorKind(error)).toBeUndefined();
    expect(isAbsent(error)).toBe(false);
    expect(isNoSuchBucket(error)).toBe(false);
    expect(observedRegion(error)).toBeUndefined();
  });
});
