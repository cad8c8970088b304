import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
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

test("deny hits one IAM action, names it, and spares the others", async () => {
  simulator.faults.deny("s3:PutBucketVersioning");
  await expect(enable()).rejects.toMatchObject({
    name: "AccessDenied",
    message:
      'User: arn:aws:iam::111122223333:user/administrator is not authorized to perform: s3:PutBucketVersioning on resource: "arn:aws:s3:::docs" because no identity-based policy allows the s3:PutBucketVersioning action',
  });
  await get();
  expect(bucket.versioning).toBeUndefined();
});

test("a denied HEAD has a status only", async () => {
  simulator.faults.deny("s3:ListBucket");
  const head = s3.send(new HeadBucketCommand({ Bucket: "docs" }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

describe("switches match by bucket, account, action, operation and number of calls", () => {
  test.for([
    { bucket: "docs" },
    { account: "111122223333" },
    { action: "s3:GetBucketVersioning" },
    { operation: "GetBucketVersioning" },
  ])("%j", async (match) => {
    simulator.faults.throttle({ ...match, times: 1 });
    await expect(get()).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
    await get();
  });

  test.for([
    { bucket: "other" },
    { account: "444455556666" },
    { action: "s3:PutBucketVersioning" },
    { operation: "HeadBucket" },
  ])("not %j", async (match) => {
    simulator.faults.throttle(match);
    await get();
  });

  test("each can be taken away by itself, or all at once", async () => {
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

test("each service throttles in its own words (node.md C)", async () => {
  simulator.faults.throttle();
  const key = new KMSClient(config()).send(new DescribeKeyCommand({ KeyId: "alias/x" }));
  await expect(key).rejects.toMatchObject({ name: "ThrottlingException" });
  const identity = new STSClient(config()).send(new GetCallerIdentityCommand({}));
  await expect(identity).rejects.toMatchObject({ name: "Throttling" });
});

describe("the network", () => {
  test("an answer can be lost after the change was made", async () => {
    simulator.faults.loseAnswer({ times: 1 });
    await expect(enable()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bucket.versioning).toBe("Enabled");
    expect(simulator.calls.all).toMatchObject([{ operation: "PutBucketVersioning", status: 0 }]);
  });

  test("a connection can end before anything is done", async () => {
    simulator.faults.connectionReset({ times: 1 });
    await expect(enable()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bucket.versioning).toBeUndefined();
  });

  test("a proxy can answer in AWS's place, without the id of a request, and nothing is done", async () => {
    simulator.faults.intercept({ status: 403, body: "<html></html>" }, { times: 1 });
    await expect(enable()).rejects.toMatchObject({
      name: "Unknown",
      $metadata: { httpStatusCode: 403, requestId: undefined },
    });
    expect(bucket.versioning).toBeUndefined();
  });

  test("a call can hang until its caller gives up, and changes nothing", async () => {
    simulator.faults.hang({ times: 1 });
    const giveUp = new AbortController();
    simulator.faults.onCall((_, phase) => {
      if (phase === "before") setImmediate(() => giveUp.abort());
    });
    await expect(enable(giveUp.signal)).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(simulator.calls.all[0]?.endedAt).toBeDefined());
    expect(bucket.versioning).toBeUndefined();
  });

  test("an answer can be slow, the change made at once", async () => {
    simulator.faults.delay(60_000);
    const giveUp = new AbortController();
    const put = enable(giveUp.signal);
    await vi.waitFor(() => expect(bucket.versioning).toBe("Enabled"));
    giveUp.abort();
    await expect(put).rejects.toMatchObject({ name: "AbortError" });
  });

  test("stopping ends calls that hang", async () => {
    simulator.faults.hang();
    const reached = new Promise((resolve) => simulator.faults.onCall(resolve));
    const hanging = expect(get()).rejects.toBeInstanceOf(Error);
    await reached;
    await simulator.stop();
    await hanging;
  });
});

describe("hooks", () => {
  test("see every call before and after, and can end the connection", async () => {
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

  test("that wait hold the call back, so that concurrency can be seen", async () => {
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

test("the log counts by IAM action and tells writes from reads", async () => {
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

test("latency holds every call for at least that long", async () => {
  simulator.latencyMs = 20;
  const begun = performance.now();
  await get();
  // Timers may fire a millisecond early.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
});
