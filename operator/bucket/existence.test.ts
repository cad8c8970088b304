import { describe, expect, test } from "vitest";
import { createBucket, createsWithoutTags, headBucket } from "./existence.ts";
import { failing, fakeBucket, sdkError } from "./testing/fake-bucket.ts";

const ELSEWHERE = { $response: { headers: { "x-amz-bucket-region": "us-west-2" } } };

describe("headBucket", () => {
  test("asks for the bucket with its expected owner", async () => {
    const { bucket, calls } = fakeBucket();
    await headBucket(bucket);
    expect(calls).toEqual([{ command: "HeadBucketCommand", input: bucket.ref }]);
  });

  test.each([
    [{ BucketRegion: "eu-central-1" }, { state: "Exists" }],
    [{}, { state: "Exists" }],
    [{ BucketRegion: "us-west-2" }, { state: "OtherRegion", region: "us-west-2" }],
  ])("returns the state for the answer %j", async (answer, existence) => {
    expect(await headBucket(fakeBucket(() => answer).bucket)).toEqual(existence);
  });

  test.each([
    ["NotFound", 404, {}, { state: "Absent" }],
    ["NoSuchBucket", 404, {}, { state: "Absent" }],
    ["Unknown", 403, {}, { state: "Denied" }],
    ["AccessDenied", 403, {}, { state: "Denied" }],
    ["Unknown", 301, ELSEWHERE, { state: "OtherRegion", region: "us-west-2" }],
    ["PermanentRedirect", 301, {}, { state: "OtherRegion", region: undefined }],
    ["AuthorizationHeaderMalformed", 400, { Region: "us-west-2" }, { state: "OtherRegion", region: "us-west-2" }],
    ["Unknown", 400, ELSEWHERE, { state: "OtherRegion", region: "us-west-2" }],
  ])("returns the state for the error %s %i", async (name, status, extra, existence) => {
    expect(await headBucket(fakeBucket(failing(name, status, extra)).bucket)).toEqual(existence);
  });

  test.each([
    ["Unknown", 400],
    ["Unknown", 503],
    ["InternalError", 500],
    ["TimeoutError", 0],
    ["ExpiredToken", 400],
  ])("rethrows %s %i, which does not say whether the bucket exists", async (name, status) => {
    await expect(headBucket(fakeBucket(failing(name, status)).bucket)).rejects.toThrow(name);
  });

  test.each([
    ["NotFound", 404],
    ["Unknown", 403],
    ["Unknown", 301],
    ["Unknown", 400],
  ])("rethrows %s %i from a proxy, which does not say whether the bucket exists", async (name, status) => {
    const answer = failing(name, status, { $metadata: { httpStatusCode: status }, ...ELSEWHERE });
    await expect(headBucket(fakeBucket(answer).bucket)).rejects.toThrow(name);
  });

  test("rethrows an error that is not from AWS", async () => {
    const { bucket } = fakeBucket(() => {
      throw new TypeError("bug");
    });
    await expect(headBucket(bucket)).rejects.toThrow(TypeError);
  });
});

describe("createBucket", () => {
  const creation = { tags: { env: "prod" }, objectOwnership: undefined, objectLock: false };
  const Tags = [{ Key: "env", Value: "prod" }];

  test("sends region and tags in one call", async () => {
    const { bucket, calls } = fakeBucket();
    expect(await createBucket(bucket, creation)).toBe("Created");
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1", Tags };
    expect(calls).toStrictEqual([
      { command: "CreateBucketCommand", input: { Bucket: "docs", CreateBucketConfiguration } },
    ]);
  });

  test("omits the constraint in us-east-1, and sends the declared object ownership and object lock", async () => {
    const { bucket, calls } = fakeBucket(undefined, { region: "us-east-1" });
    await createBucket(bucket, { ...creation, objectOwnership: "ObjectWriter", objectLock: true });
    expect(calls[0]?.input).toStrictEqual({
      Bucket: "docs",
      ObjectOwnership: "ObjectWriter",
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { Tags },
    });
  });

  describe.each(["UnsupportedArgument", "NotImplemented"])("where the call refuses tags with %s", (code) => {
    const refusing = () =>
      fakeBucket(({ input }) => {
        if (/Tags/.test(JSON.stringify(input))) throw sdkError(code, 400);
      });

    test("creates the bucket without tags, and the next one without trying tags", async () => {
      const { bucket, calls } = refusing();
      for (const name of ["docs", "next"]) expect(await createBucket({ ...bucket, name }, creation)).toBe("Created");
      const configurations = calls.map(({ input }) => [input["Bucket"], input["CreateBucketConfiguration"]]);
      expect(configurations).toEqual([
        ["docs", { LocationConstraint: "eu-central-1", Tags }],
        ["docs", { LocationConstraint: "eu-central-1" }],
        ["next", { LocationConstraint: "eu-central-1" }],
      ]);
      expect(createsWithoutTags(bucket)).toBe(true);
    });
  });

  test("rethrows a refusal that does not depend on the tags, and does not remember it", async () => {
    const { bucket, calls } = fakeBucket(failing("NotImplemented", 501), { region: "us-east-1" });
    await expect(createBucket(bucket, creation)).rejects.toThrow("NotImplemented");
    expect(calls.at(-1)?.input).toStrictEqual({ Bucket: "docs" });
    expect(createsWithoutTags(bucket)).toBe(false);
  });

  test.each([
    ["BucketAlreadyOwnedByYou", 409, "AlreadyOwned"],
    ["BucketAlreadyExists", 409, "Taken"],
  ])("maps the error %s %i to %s", async (name, status, result) => {
    expect(await createBucket(fakeBucket(failing(name, status)).bucket, creation)).toBe(result);
  });

  test.each([
    ["OperationAborted", 409],
    ["AccessDenied", 403],
    ["TooManyBuckets", 400],
  ])("rethrows %s", async (name, status) => {
    await expect(createBucket(fakeBucket(failing(name, status)).bucket, creation)).rejects.toThrow(name);
  });
});
