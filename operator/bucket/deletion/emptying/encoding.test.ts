import fc from "fast-check";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSimulator, type Account, type Bucket, type Simulator } from "../../../../test/aws/index.ts";
import { createAws, type Aws } from "../../../aws/session.ts";
import { bucketClient, type BucketClient } from "../../bucket-client.ts";
import { thrownOutcome } from "../../testing/thrown.ts";
import { keyReader } from "./encoding.ts";
import { refuseIfListedAgain } from "./listed-again.ts";
import { emptySlice } from "./slice.ts";
import { newTally, type Tally } from "./tally.ts";

test.each([
  ["url", "a%2Bb+%25%C3%BC", "a+b %ü"],
  ["url", "100%", "100%"],
  ["url", "a+%zz", "a+%zz"],
  [undefined, "a%2Bb+100%", "a%2Bb+100%"],
  ["other", "a%2Bb+100%", "a%2Bb+100%"],
])("with EncodingType %s, %s stands for %s", (EncodingType, written, key) => {
  expect(keyReader({ EncodingType })(written)).toBe(key);
});

/* End to end over HTTP: any keys are deleted in one pass, whether or not the store encodes them. */

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
let simulator: Simulator;
let account: Account;
let aws: Aws;
let client: BucketClient;

beforeAll(async () => {
  simulator = await startSimulator();
  account = simulator.account(ACCOUNT);
  vi.stubEnv("AWS_ENDPOINT_URL", simulator.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", account.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", account.credentials.secretAccessKey);
  aws = createAws({ registry: new Registry(), forcePathStyle: true, userAgent: "s3-operator" });
  const session = await aws.session({ accountId: ACCOUNT, region: REGION });
  client = bucketClient(session, "docs", REGION, new AbortController().signal);
});

afterAll(async () => {
  aws.destroy();
  vi.unstubAllEnvs();
  await simulator.stop();
});

beforeEach(() => {
  // Small pages, so that many keys become markers.
  Object.assign(simulator.store, { listedKeys: "AsAsked", pageSize: 3 });
});

/** A bucket with an upload and two versions of each key. */
function bucketWith(keys: readonly string[]): Bucket {
  account.buckets.clear();
  const bucket = account.createBucket("docs", REGION);
  bucket.versioning = "Enabled";
  bucket.fillWith({ keys: keys.length, versionsPerKey: 2, uploads: keys.length });
  bucket.objects = new Map([...bucket.objects.values()].map((versions, index) => [keys[index] ?? "", versions]));
  [...bucket.uploads.values()].forEach((upload, index) => (upload.key = keys[index] ?? ""));
  return bucket;
}

async function emptied(): Promise<Tally> {
  const tally = newTally();
  await emptySlice(
    client,
    { hasTime: () => true, ensureWanted: async () => {}, deletions: Infinity, since: Infinity },
    tally,
  );
  return tally;
}

const AS_IN_ENCODINGS = ["%", "+", "&", "<", "'", '"', "#", " ", "/", ".", "?", "=", "ü", "2", "5", "a", "%25", "%2B"];

/** Up to 50 characters, many of them special in encodings. */
const key = (unit: fc.Arbitrary<string>) =>
  fc.string({
    unit: fc.oneof(fc.constantFrom(...AS_IN_ENCODINGS), unit),
    minLength: 1,
    maxLength: 50,
  });
const keys = (unit: fc.Arbitrary<string>) => fc.uniqueArray(key(unit), { minLength: 1, maxLength: 12 });
const anyCharacter = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });
/** https://www.w3.org/TR/xml/#charsets */
const inXml = anyCharacter.filter((text) => /[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text));

describe("all is deleted, once", () => {
  test.each([
    ["AsAsked", anyCharacter],
    ["Plain", inXml],
  ] as const)("where keys are listed %s", async (listedKeys, unit) => {
    simulator.store.listedKeys = listedKeys;
    const everything = fc.asyncProperty(keys(unit), async (names) => {
      const bucket = bucketWith(names);
      const { length } = names;
      expect(await emptied()).toMatchObject({ deleted: 2 * length, uploadsAborted: length, complete: true });
      expect([bucket.objects.size, bucket.uploads.size]).toEqual([0, 0]);
    });
    await fc.assert(everything, { numRuns: 50 });
  });
});

describe("where keys are listed encoded, and nothing is said of it", () => {
  test("what is answered deleted is listed again, which ends it", async () => {
    simulator.store.listedKeys = "Encoded";
    const bucket = bucketWith(["a b", "c"]);
    const tally = await emptied();
    expect([...bucket.objects.keys()], "the store deletes what it is told").toEqual(["a b"]);
    const stop = await thrownOutcome(() => refuseIfListedAgain(client, tally.firstDeleted));
    expect(stop).toMatchObject({ reason: "DeletionWithoutEffect" });
    expect(stop).toHaveProperty("message", expect.stringContaining('"a+b"'));
  });
});
