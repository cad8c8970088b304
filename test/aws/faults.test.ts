import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startSimulator, type Bucket, type Simulator } from "./index.ts";

let simulator: Simulator;
let bucket: Bucket;
let s3: S3Client;

beforeEach(async () => {
  simulator = await startSimulator();
  const account = simulator.account("111122223333");
  bucket = account.createBucket("docs");
  s3 = new S3Client({ ...config(), forcePathStyle: true });
});
afterEach(() => simulator.stop());

function config() {
  const { credentials } = simulator.account("111122223333");
  return { endpoint: simulator.url, region: "us-east-1", credentials, maxAttempts: 1 };
}

const get = (Bucket = "docs") => s3.send(new GetBucketVersioningCommand({ Bucket }));
const enable = (abortSignal?: AbortSignal) =>
  s3.send(
    new PutBucketVersioningCommand({ Bucket: "docs", VersioningConfiguration: { Status: "Enabled" } }),
    abortSignal === undefined ? {} : { abortSignal },
  );

test("deny refuses one IAM action, names it in the message, and allows the others", async () => {
  simulator.faults.deny("s3:PutBucketVersioning");
  await expect(enable()).rejects.toMatchObject({
    name: "AccessDenied",
    message:
      'User: arn:aws:iam::111122223333:user/administrator is not authorized to perform: s3:PutBucketVersioning on resource: "arn:aws:s3:::docs" because no identity-based policy allows the s3:PutBucketVersioning action',
  });
  await get();
  expect(bucket.versioning).toBeUndefined();
});

test("a denied HEAD request is answered with a status and no body", async () => {
  simulator.faults.deny("s3:ListBucket");
  const head = s3.send(new HeadBucketCommand({ Bucket: "docs" }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

describe("fault switches", () => {
  test.for([
    { bucket: "docs" },
    { account: "111122223333" },
    { action: "s3:GetBucketVersioning" },
    { operation: "GetBucketVersioning" },
  ])("a fault switch with %j applies to the call", async (match) => {
    simulator.faults.throttle({ ...match, times: 1 });
    await expect(get()).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
    await get();
  });

  test.for([
    { bucket: "other" },
    { account: "444455556666" },
    { action: "s3:PutBucketVersioning" },
    { operation: "HeadBucket" },
  ])("a fault switch with %j does not apply to the call", async (match) => {
    simulator.faults.throttle(match);
    await get();
  });

  test("fault switches are removed one by one, or all at once", async () => {
    const remove = simulator.faults.internalError();
    await expect(get()).rejects.toMatchObject({ name: "InternalError", $metadata: { httpStatusCode: 500 } });
    remove();
    await get();
    simulator.faults.operationAborted();
    await expect(get()).rejects.toMatchObject({ name: "OperationAborted", $metadata: { httpStatusCode: 409 } });
    simulator.faults.clear();
    await get();
  });
});

test("each service has its own error code for throttling (FACTS.md#error-codes)", async () => {
  simulator.faults.throttle();
  const key = new KMSClient(config()).send(new DescribeKeyCommand({ KeyId: "alias/x" }));
  await expect(key).rejects.toMatchObject({ name: "ThrottlingException" });
  const identity = new STSClient(config()).send(new GetCallerIdentityCommand({}));
  await expect(identity).rejects.toMatchObject({ name: "Throttling" });
});

describe("network faults", () => {
  test("loseAnswer drops the connection after the change is applied", async () => {
    simulator.faults.loseAnswer({ times: 1 });
    await expect(enable()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bucket.versioning).toBe("Enabled");
    expect(simulator.calls.all).toMatchObject([{ operation: "PutBucketVersioning", status: 0 }]);
  });

  test("connectionReset drops the connection before the change is applied", async () => {
    simulator.faults.connectionReset({ times: 1 });
    await expect(enable()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bucket.versioning).toBeUndefined();
  });

  test("intercept answers like a proxy, without a request ID, and applies nothing", async () => {
    simulator.faults.intercept({ status: 403, body: "<html></html>" }, { times: 1 });
    await expect(enable()).rejects.toMatchObject({
      name: "Unknown",
      $metadata: { httpStatusCode: 403, requestId: undefined },
    });
    expect(bucket.versioning).toBeUndefined();
  });

  test("hang keeps a call waiting until the caller gives up, and applies nothing", async () => {
    simulator.faults.hang({ times: 1 });
    const giveUp = new AbortController();
    simulator.faults.onCall((_, phase) => {
      if (phase === "before") setImmediate(() => giveUp.abort());
    });
    await expect(enable(giveUp.signal)).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(simulator.calls.all[0]?.endedAt).toBeDefined());
    expect(bucket.versioning).toBeUndefined();
  });

  test("delay applies the change at once and answers later", async () => {
    simulator.faults.delay(60_000);
    const giveUp = new AbortController();
    const put = enable(giveUp.signal);
    await vi.waitFor(() => expect(bucket.versioning).toBe("Enabled"));
    giveUp.abort();
    await expect(put).rejects.toMatchObject({ name: "AbortError" });
  });

  test("stopping the simulator ends calls that hang", async () => {
    simulator.faults.hang();
    const reached = new Promise((resolve) => simulator.faults.onCall(resolve));
    const hanging = expect(get()).rejects.toBeInstanceOf(Error);
    await reached;
    await simulator.stop();
    await hanging;
  });
});

describe("call hooks", () => {
  test("call hooks run before and after every call, and can drop the connection", async () => {
    const seen: [string, string, number][] = [];
    simulator.faults.onCall((call, phase) => {
      seen.push([call.operation, phase, call.status]);
      return phase === "before" && seen.length > 2 ? "drop" : undefined;
    });
    await get();
    await expect(enable()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bucket.versioning).toBeUndefined();
    expect(seen).toEqual([
      ["GetBucketVersioning", "before", 0],
      ["GetBucketVersioning", "after", 200],
      ["PutBucketVersioning", "before", 0],
    ]);
  });

  test("a call hook that waits holds the call back, so that a test can see concurrency", async () => {
    const arrivals: (() => void)[] = [];
    simulator.faults.onCall((_, phase) => {
      if (phase === "after") return undefined;
      return new Promise<void>((resolve) => {
        arrivals.push(resolve);
        if (arrivals.length === 3) for (const go of arrivals) go();
      });
    });
    await Promise.all([get(), get(), get()]);
    expect(simulator.calls.maxInFlight()).toBe(3);
    simulator.faults.clear();
    simulator.calls.clear();
    for (let count = 0; count < 3; count++) await get();
    expect(simulator.calls.maxInFlight()).toBe(1);
  });
});

test("the call log counts by IAM action, and marks writes", async () => {
  await get();
  await enable();
  await s3.send(new CreateBucketCommand({ Bucket: "more", ObjectOwnership: "BucketOwnerEnforced" }));
  expect(simulator.calls.byAction()).toEqual({
    "s3:GetBucketVersioning": 1,
    "s3:PutBucketVersioning": 1,
    "s3:CreateBucket": 1,
    "s3:PutBucketOwnershipControls": 1,
  });
  expect(simulator.calls.count("s3:PutBucketOwnershipControls")).toBe(1);
  expect(simulator.calls.writes().map(({ operation }) => operation)).toEqual(["PutBucketVersioning", "CreateBucket"]);
  expect(simulator.calls.of("more")).toHaveLength(1);
});

test("latency delays every call by at least its value", async () => {
  simulator.latencyMs = 20;
  const begun = performance.now();
  await get();
  // Timers can fire a millisecond early.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
});
