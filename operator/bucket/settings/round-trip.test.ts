import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownershipTags } from "../../api/ownership.ts";
import { CALLER_ARN, OWNER, settingContextWith } from "../testing/fixtures.ts";
import { kitOf } from "../testing/kits.ts";
import { tags } from "../testing/kits/tags.ts";
import { meaningOf } from "../testing/meaning.ts";
import { randomFrom } from "../testing/random.ts";
import { rewritingS3, type RewritingBucket } from "../testing/rewriting-s3.ts";
import { SETTINGS } from "./index.ts";
import type { Setting, SettingContext } from "./setting.ts";
import type { ExportedSetting } from "./to-spec.ts";

/**
 * False drift would cause a write for every bucket at every poll. So whatever a spec declares, and in whatever form AWS
 * returns it, what was written must read back as equal.
 */

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/** Cannot be locked out; policy.test.ts covers refusals. */
const operator = { callerArn: CALLER_ARN, actions: [] };

const context: fc.Arbitrary<SettingContext> = fc
  .record({
    baseline: fc.boolean(),
    kmsKeyArn: fc.option(fc.constant(KEY_ARN), { nil: undefined }),
    accountTags: tags,
    appliedTagKeys: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { maxLength: 4 }),
  })
  .map(({ kmsKeyArn, ...rest }) =>
    settingContextWith({
      ...rest,
      operator,
      ...(kmsKeyArn && { kmsKeyArn }),
      ownershipTags: ownershipTags(OWNER, "Created"),
    }),
  );

const READS = 3;

/** The context of the next reconcile: status has the ids of `desired`. */
function afterwards(setting: Setting, desired: unknown, observed: unknown): SettingContext {
  const reported = setting.report?.(desired, observed) as Record<string, { appliedIds?: string[] }> | undefined;
  return settingContextWith({ appliedIds: { [setting.name]: reported?.[setting.name]?.appliedIds ?? [] } });
}

/** The meaning of documents, without what an export leaves out: ownership tags, and blocked encryption types. */
function meaningExported({ tags, ...documents }: Record<string, Record<string, unknown>>): unknown {
  const ofUser = Object.entries(tags ?? {}).filter(([key]) => !key.startsWith("s3-operator.io/"));
  const text = JSON.stringify(meaningOf({ ...documents, tags: Object.fromEntries(ofUser) }) ?? {});
  return JSON.parse(text, (name, value: unknown) => (name === "BlockedEncryptionTypes" ? undefined : value));
}
/** Notes on tags that occur for every bucket here, and do not concern the spec. */
const NOT_LOST = /AWS's own|name an S3Bucket as the bucket's owner/;

/** What a spec cannot say: a field that is newer than the operator, and rules of which several have the same id. */
const NOT_IN_A_SPEC = /SimulatedUnknownField|have no unique ids/;

/** The desired state of an object with the exported spec. */
function desiredAgain(setting: Setting, { spec = {} }: ExportedSetting): unknown {
  const kmsKeyArn = spec.encryption?.kmsKey?.arn;
  return setting.desired(spec, settingContextWith({ operator, ...(kmsKeyArn !== undefined && { kmsKeyArn }) }));
}

/** A bucket with S3's default for the setting. */
async function newBucket(setting: Setting, seed: number): Promise<RewritingBucket> {
  const s3 = rewritingS3(randomFrom(seed));
  const { bucket } = s3;
  const observed = await setting.observe(bucket);
  const byDefault = setting.reset(observed, settingContextWith());
  if (byDefault !== undefined) await setting.write(bucket, byDefault, observed);
  return s3;
}

describe.each(SETTINGS.map((setting) => [setting.name, setting] as const))("%s", (name, setting) => {
  const field: fc.Arbitrary<unknown> = kitOf(name).arbitrary;
  const desiredAt = fc
    .tuple(fc.option(field, { freq: 9, nil: undefined }), context)
    .map(([value, context]) => setting.desired(value === undefined ? {} : { [name]: value }, context))
    .filter((desired) => desired !== undefined);

  test("reads back as equal what it wrote, in whatever form AWS returns it", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.option(desiredAt), fc.integer(), async (desired, former, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        if (former !== null) await setting.write(bucket, former, await setting.observe(bucket));
        await setting.write(bucket, desired, await setting.observe(bucket));
        for (let read = 0; read < READS; read += 1) {
          expect(setting.diff(desired, await setting.observe(bucket))).toEqual([]);
        }
      }),
    );
  });

  test("the exported spec has no difference to the bucket", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        await setting.write(bucket, desired, await setting.observe(bucket));
        const exported = setting.toSpec(await setting.observe(bucket), settingContextWith());
        expect([name]).toEqual(expect.arrayContaining(Object.keys(exported.spec ?? {})));
        const again = desiredAgain(setting, exported);
        if (again === undefined) return;
        for (let read = 0; read < READS; read += 1) {
          expect(setting.diff(again, await setting.observe(bucket))).toEqual([]);
        }
      }),
    );
  });

  test("an export that omits nothing recreates the same bucket", async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket, documents } = await newBucket(setting, seed);
        await setting.write(bucket, desired, await setting.observe(bucket));
        const exported = setting.toSpec(await setting.observe(bucket), settingContextWith());
        const lost = exported.omitted?.filter((omitted) => !NOT_LOST.test(omitted)) ?? [];
        expect(lost.filter((omitted) => !NOT_IN_A_SPEC.test(omitted))).toEqual([]);
        if (lost.length > 0) return;
        tried += 1;
        const anew = await newBucket(setting, seed);
        const again = desiredAgain(setting, exported);
        if (again !== undefined) await setting.write(anew.bucket, again, await setting.observe(anew.bucket));
        expect(meaningExported(anew.documents())).toEqual(meaningExported(documents()));
      }),
    );
    expect(tried).toBeGreaterThan(0);
  });

  test("after a reset there is nothing to reset", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        await setting.write(bucket, desired, await setting.observe(bucket));
        const written = await setting.observe(bucket);
        const context = afterwards(setting, desired, written);
        const reset = setting.reset(written, context);
        if (reset !== undefined) await setting.write(bucket, reset, written);
        expect(setting.reset(await setting.observe(bucket), context)).toBeUndefined();
      }),
    );
  });
});
