import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { encryption as setting } from "./encryption.ts";

const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY_ARN = `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`;
const BLOCKS_SSE_C = { BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } };

function algorithm(SSEAlgorithm: string, KMSMasterKeyID?: string) {
  return { ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...(KMSMasterKeyID && { KMSMasterKeyID }) } };
}

describe("desired", () => {
  const secure = settingContextWith({ baseline: true });

  test("nothing declared", () => {
    expect(setting.desired({}, settingContextWith())).toBeUndefined();
    expect(setting.desired({}, secure)).toEqual({ sseAlgorithm: "AES256", alsoBlocks: ["SSE-C"] });
  });

  test("the baseline fills what the spec leaves out", () => {
    expect(setting.desired({ encryption: { sseAlgorithm: "aws:kms" } }, secure)).toEqual({
      sseAlgorithm: "aws:kms",
      alsoBlocks: ["SSE-C"],
    });
    expect(setting.desired({ encryption: { blockedEncryptionTypes: ["NONE"] } }, secure)).toEqual({
      sseAlgorithm: "AES256",
      blockedEncryptionTypes: ["NONE"],
    });
  });

  test("without it they stay open, and the key is the resolved one", () => {
    const spec = { encryption: { sseAlgorithm: "aws:kms", kmsKey: { alias: "alias/docs" } } } as const;
    expect(setting.desired(spec, settingContextWith({ kmsKeyArn: KEY_ARN }))).toEqual({
      sseAlgorithm: "aws:kms",
      kmsKeyArn: KEY_ARN,
    });
    expect(setting.desired({ encryption: { blockedEncryptionTypes: ["SSE-C"] } }, settingContextWith())).toEqual({
      blockedEncryptionTypes: ["SSE-C"],
    });
  });
});

describe("observe", () => {
  test("the one rule", async () => {
    const rule = { ...algorithm("AES256"), BucketKeyEnabled: false };
    const { bucket, calls } = fakeBucket(() => ({ ServerSideEncryptionConfiguration: { Rules: [rule] } }));
    expect(await setting.observe(bucket)).toEqual(rule);
    expect(calls).toEqual([{ command: "GetBucketEncryptionCommand", input: bucket.ref }]);
  });

  test("none, as an old or another store says", async () => {
    const { bucket } = fakeBucket(failing("ServerSideEncryptionConfigurationNotFoundError", 404));
    expect(await setting.observe(bucket)).toEqual({});
  });
});

test.each([true, false, undefined])("a bucket key with SSE-S3 has no effect: %s", (BucketKeyEnabled) => {
  const observed = { ...algorithm("AES256"), ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }) };
  for (const bucketKeyEnabled of [true, false])
    expect(setting.diff({ sseAlgorithm: "AES256", bucketKeyEnabled }, observed)).toEqual([]);
});

describe("diff finds nothing in", () => {
  test.each([
    ["the algorithm alone", { sseAlgorithm: "AES256" }, algorithm("AES256")],
    [
      "fields that are not declared",
      { sseAlgorithm: "AES256" },
      { ...algorithm("AES256"), ...BLOCKS_SSE_C, BucketKeyEnabled: true, SimulatedUnknownField: 1 },
    ],
    ["the block alone", { blockedEncryptionTypes: ["SSE-C"] }, { ...algorithm("aws:kms", KEY_ARN), ...BLOCKS_SSE_C }],
    ["the key's ARN", { sseAlgorithm: "aws:kms", kmsKeyArn: KEY_ARN }, algorithm("aws:kms", KEY_ARN)],
    ["the key's id", { sseAlgorithm: "aws:kms", kmsKeyArn: KEY_ARN }, algorithm("aws:kms", KEY_ID)],
    ["the account's aws/s3 key", { sseAlgorithm: "aws:kms" }, algorithm("aws:kms")],
    ["no bucket key, omitted", { bucketKeyEnabled: false }, algorithm("aws:kms")],
    ["NONE and no list", { blockedEncryptionTypes: ["NONE"] }, algorithm("AES256")],
    ["NONE and an empty list", { blockedEncryptionTypes: ["NONE"] }, { BlockedEncryptionTypes: {} }],
    ["no list and NONE", { blockedEncryptionTypes: [] }, { BlockedEncryptionTypes: { EncryptionType: ["NONE"] } }],
  ])("%s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  const kms = { sseAlgorithm: "aws:kms", kmsKeyArn: KEY_ARN };

  test.each([
    [{ sseAlgorithm: "aws:kms" }, algorithm("AES256"), "sseAlgorithm", "aws:kms", "AES256"],
    [{ sseAlgorithm: "AES256" }, {}, "sseAlgorithm", "AES256", ""],
    [{ sseAlgorithm: "aws:kms:dsse" }, algorithm("aws:kms"), "sseAlgorithm", "aws:kms:dsse", "aws:kms"],
    [kms, algorithm("aws:kms"), "kmsKey", KEY_ARN, ""],
    [kms, algorithm("aws:kms", "alias/docs"), "kmsKey", KEY_ARN, "alias/docs"],
    [kms, algorithm("aws:kms", KEY_ID.slice(1)), "kmsKey", KEY_ARN, KEY_ID.slice(1)],
    [{ sseAlgorithm: "aws:kms" }, algorithm("aws:kms", KEY_ARN), "kmsKey", "", KEY_ARN],
    [{ bucketKeyEnabled: true }, algorithm("aws:kms"), "bucketKeyEnabled", "true", "false"],
    [{ bucketKeyEnabled: false }, { BucketKeyEnabled: true }, "bucketKeyEnabled", "false", "true"],
    [{ blockedEncryptionTypes: ["SSE-C"] }, algorithm("AES256"), "blockedEncryptionTypes", '["SSE-C"]', "[]"],
    [{ blockedEncryptionTypes: ["NONE"] }, BLOCKS_SSE_C, "blockedEncryptionTypes", "[]", '["SSE-C"]'],
  ])("%j in %j", (desired, observed, path, wanted, actual) => {
    expect(setting.diff(desired, observed)).toEqual([{ path, desired: wanted, actual }]);
  });

  test("a key of another account that ends in the same id", () => {
    const other = KEY_ARN.replace("111122223333", "444455556666");
    expect(setting.diff(kms, algorithm("aws:kms", other))).toHaveLength(1);
  });
});

describe("write", () => {
  async function written(desired: unknown, observed: unknown) {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ command: "PutBucketEncryptionCommand", input: bucket.ref });
    return calls[0]?.input.ServerSideEncryptionConfiguration;
  }

  test("keeps what is not declared, such as the block of SSE-C", async () => {
    const observed = { ...algorithm("AES256"), ...BLOCKS_SSE_C, FutureField: "kept" };
    expect(await written({ sseAlgorithm: "aws:kms", kmsKeyArn: KEY_ARN, bucketKeyEnabled: true }, observed)).toEqual({
      Rules: [{ ...algorithm("aws:kms", KEY_ARN), ...BLOCKS_SSE_C, BucketKeyEnabled: true, FutureField: "kept" }],
    });
  });

  test("leaves algorithm, key and bucket key alone when only the block is declared", async () => {
    const observed = { ...algorithm("aws:kms", KEY_ARN), BucketKeyEnabled: true };
    expect(await written({ blockedEncryptionTypes: ["SSE-C"] }, observed)).toEqual({
      Rules: [{ ...observed, ...BLOCKS_SSE_C }],
    });
  });

  test.each([
    ["aws:kms", true],
    ["aws:kms:dsse", undefined],
    ["AES256", undefined],
  ])("for %s carries over a bucket key as %s", async (sseAlgorithm, BucketKeyEnabled) => {
    const rules = await written({ sseAlgorithm }, { ...algorithm("aws:kms", KEY_ARN), BucketKeyEnabled: true });
    expect(rules).toEqual({ Rules: [{ ...algorithm(sseAlgorithm), BucketKeyEnabled }] });
  });

  test("a new algorithm without a key drops the former key", async () => {
    expect(await written({ sseAlgorithm: "AES256" }, algorithm("aws:kms", KEY_ARN))).toEqual({
      Rules: [algorithm("AES256")],
    });
  });

  test("NONE is sent as such, since leaving it out may keep the block", async () => {
    expect(await written({ blockedEncryptionTypes: ["NONE"] }, { ...algorithm("AES256"), ...BLOCKS_SSE_C })).toEqual({
      Rules: [{ ...algorithm("AES256"), BlockedEncryptionTypes: { EncryptionType: ["NONE"] } }],
    });
  });
});

test("reset goes back to S3's default, if it is not there", () => {
  const standard = { sseAlgorithm: "AES256", alsoBlocks: ["SSE-C"] };
  expect(setting.reset(algorithm("aws:kms"), settingContextWith())).toEqual(standard);
  expect(setting.reset(algorithm("AES256"), settingContextWith())).toEqual(standard);
  expect(
    setting.reset({ ...algorithm("AES256"), ...BLOCKS_SSE_C, BucketKeyEnabled: false }, settingContextWith()),
  ).toBeUndefined();
});

describe("a type that AWS blocks by default", () => {
  const observed = {
    ...algorithm("AES256"),
    BlockedEncryptionTypes: { EncryptionType: ["SSE-C", "SSE-FUTURE" as "SSE-C"] },
  };

  test("is no drift from the baseline", () => {
    expect(setting.diff(setting.desired({}, settingContextWith({ baseline: true })), observed)).toEqual([]);
  });

  test("stays blocked when the baseline is written", async () => {
    const { bucket, calls } = fakeBucket();
    const found = { BlockedEncryptionTypes: { EncryptionType: ["SSE-FUTURE" as "SSE-C"] } };
    await setting.write(bucket, setting.desired({}, settingContextWith({ baseline: true })), found);
    expect(JSON.stringify(calls)).toContain('"EncryptionType":["SSE-C","SSE-FUTURE"]');
  });
});

describe("toSpec", () => {
  const toSpec = (observed: object) => setting.toSpec(observed, settingContextWith());
  const NONE = { BlockedEncryptionTypes: { EncryptionType: ["NONE"] } };

  test.each([
    ["today's default", { ...algorithm("AES256"), ...BLOCKS_SSE_C }],
    ["that of older buckets", algorithm("AES256")],
  ])("%s needs no word", (_case, observed) => {
    expect(toSpec(observed)).toEqual({ omitted: [] });
  });

  test("exports a lifted block, and leaves out a missing one, which S3 may still add", () => {
    const kms = { sseAlgorithm: "aws:kms" };
    expect(toSpec({ ...algorithm("aws:kms"), ...NONE }).spec).toEqual({
      encryption: { ...kms, blockedEncryptionTypes: ["NONE"] },
    });
    expect(toSpec(algorithm("aws:kms")).spec).toEqual({ encryption: kms });
  });

  test.each([
    ["its ARN", KEY_ARN],
    ["its id", KEY_ID],
  ])("a key that S3 has by %s is said by its ARN", (_case, key) => {
    const spec = { encryption: { sseAlgorithm: "aws:kms:dsse", kmsKey: { arn: KEY_ARN } } };
    expect(toSpec(algorithm("aws:kms:dsse", key))).toEqual({ spec, omitted: [] });
  });

  test.each(["alias/documents", KEY_ARN.replace("eu-central-1", "us-east-1"), KEY_ARN.replace("key/", "alias/")])(
    "the key %s cannot be expressed, and nothing is exported",
    (key) => {
      expect(toSpec(algorithm("aws:kms", key))).toEqual({ omitted: [expect.stringContaining(`'${key}'`)] });
    },
  );

  test("an algorithm of another AWS service cannot be expressed", () => {
    expect(toSpec(algorithm("aws:fsx"))).toEqual({ omitted: [expect.stringContaining("'aws:fsx'")] });
  });

  test("notes a bucket key without effect, and unknown fields", () => {
    const { spec, omitted } = toSpec({ ...algorithm("AES256"), BucketKeyEnabled: true, New: {} });
    expect(spec).toBeUndefined();
    expect(omitted).toEqual(["New, which a spec cannot express", expect.stringContaining("BucketKeyEnabled")]);
  });
});
