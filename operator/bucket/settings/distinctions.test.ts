import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsOf, loadDefinitions, storedSchema, type Schema } from "../../../scripts/schema.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { kitOf } from "../testing/kits.ts";
import { meaningOf } from "../testing/meaning.ts";
import { neighboursOf } from "../testing/nearby.ts";
import { randomFrom } from "../testing/random.ts";
import { rewritingS3, type RewritingBucket } from "../testing/rewriting-s3.ts";
import { SETTINGS } from "./index.ts";
import type { Setting, SettingContext } from "./setting.ts";

/**
 * Compares values that differ in one place, such as 0 and absent, where comparisons go wrong. The documents sent to S3
 * decide whether they differ, never the form in which the operator compares.
 */

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SAMPLES = 16;
const SEED = 10;

const [schema] = loadDefinitions()
  .filter(({ spec }) => spec.names.kind === "S3Bucket")
  .map((definition) => storedSchema(definition).properties?.spec);

function schemaOf(name: string): Schema {
  return schema?.properties?.[name] ?? {};
}

/**
 * Defaults of S3, and of the spec.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
 */
const SAME_AS_NOTHING: Readonly<Record<string, boolean>> = {
  "encryption.bucketKeyEnabled": false,
  "inventory.configurations[].isEnabled": true,
  "publicAccessBlock.blockPublicAcls": false,
  "publicAccessBlock.ignorePublicAcls": false,
  "publicAccessBlock.blockPublicPolicy": false,
  "publicAccessBlock.restrictPublicBuckets": false,
};
/** Fields for KMS or the operator, not for S3. */
const ELSEWHERE = /^(?:encryption\.kmsKey\.managed\.|policy\.enforceEncryption$)/;

function context(overrides: Partial<SettingContext> = {}): SettingContext {
  return settingContextWith({ operator: { callerArn: "", actions: [] }, kmsKeyArn: KEY_ARN, ...overrides });
}

function desiredOf(setting: Setting, value: unknown, by = context()): unknown {
  return setting.desired({ [setting.name]: value }, by);
}

async function write(setting: Setting, { bucket }: RewritingBucket, desired: unknown): Promise<void> {
  await setting.write(bucket, desired, await setting.observe(bucket));
}

async function bucketWith(setting: Setting, desired: unknown, seed: number): Promise<RewritingBucket> {
  const s3 = rewritingS3(randomFrom(seed));
  await write(setting, s3, desired);
  return s3;
}

/** What status records of a written value. */
async function afterwards(setting: Setting, { bucket }: RewritingBucket, desired: unknown): Promise<SettingContext> {
  const reported = (setting.report?.(desired, await setting.observe(bucket)) ?? {}) as {
    tagKeys?: string[];
    [name: string]: unknown;
  };
  const { appliedIds = [] } = (reported[setting.name] ?? {}) as { appliedIds?: string[] };
  return context({ appliedIds: { [setting.name]: appliedIds }, appliedTagKeys: reported.tagKeys ?? [] });
}

const said = (s3: RewritingBucket) => meaningOf(s3.documents());

describe.each(SETTINGS.map((setting) => [setting.name, setting] as const))("%s", (name, setting) => {
  const values = fc.sample<unknown>(kitOf(name).arbitrary, { numRuns: SAMPLES, seed: SEED });
  /** Pairs of almost equal values. */
  const pairs = values.flatMap((value, index) => [
    { path: "", value, other: values[(index + 1) % values.length], removed: undefined },
    ...neighboursOf(value, schemaOf(name)).map(({ path, value: other, removed }) => ({
      path: `${name}.${path}`,
      value,
      other,
      removed,
    })),
  ]);

  test("finds a difference exactly if a write would change what S3 has", async () => {
    for (const [seed, { path, value, other }] of pairs.entries()) {
      const former = desiredOf(setting, value);
      const s3 = await bucketWith(setting, former, seed);
      const desired = desiredOf(setting, other, await afterwards(setting, s3, former));
      const before = said(s3);
      const isDifferent = setting.diff(desired, await setting.observe(s3.bucket)).length > 0;
      await write(setting, s3, desired);
      const isChanged = JSON.stringify(said(s3)) !== JSON.stringify(before);
      expect({ path, value, other, isDifferent }).toEqual({ path, value, other, isDifferent: isChanged });
    }
  });

  test("numbers and switches differ from other values, and from nothing", async () => {
    const scalars = [...fieldsOf(schemaOf(name), name)].filter(({ schema, path }) => {
      return ["integer", "boolean"].includes(schema.type ?? "") && !ELSEWHERE.test(path);
    });
    const paths = scalars.map(({ path }) => path);
    const tried = pairs.filter(({ path }) => paths.includes(path));
    expect(new Set(tried.map(({ path }) => path))).toEqual(new Set(paths));
    for (const [seed, { path, value, other, removed }] of tried.entries()) {
      if (removed !== undefined && removed === SAME_AS_NOTHING[path]) continue;
      const [one, two] = await Promise.all(
        [value, other].map((each) => bucketWith(setting, desiredOf(setting, each), seed)),
      );
      const isTold = JSON.stringify(one && said(one)) !== JSON.stringify(two && said(two));
      expect({ path, value, other, isTold }).toMatchObject({ isTold: true });
    }
  });
});
