import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyChange, S3BucketStatus } from "../../api/types.ts";
import type { BucketDependencies } from "../dependencies.ts";
import type { SettingPlan } from "../plan.ts";
import { encryption } from "../settings/encryption.ts";
import { memoryOf } from "../status.ts";
import {
  change,
  planOf,
  recordedContext,
  resultOf,
  s3Bucket,
  target,
  verifiedBucket,
  verifiedBuckets,
} from "../testing/fixtures.ts";
import { endKeyChange, prepareKeyChange } from "./change.ts";
import type { KeyResolution } from "./resolution.ts";

const arn = (name: string) => `arn:aws:kms:eu-central-1:111122223333:key/${name}`;
const [NEW, FORMER, OLDER] = [arn("new"), arn("former"), arn("older")];
const START = "2026-11-22T00:00:00.000Z";
const start = Date.parse(START);

interface Case {
  /** The S3Bucket's former status; default: with key FORMER. */
  status?: S3BucketStatus;
  key?: KeyResolution;
  /** The bucket's key at S3. */
  atAws?: string | undefined;
  differs?: boolean;
  plan?: Partial<SettingPlan>;
  /** Milliseconds until the BucketAccesses have their permissions; undefined: there are no BucketAccesses. */
  delayMs?: number | undefined;
  ageMs?: number;
  settleWindowMs?: number;
  /** The process has not verified the bucket yet; otherwise it knows the keys in `status`. */
  isRestarted?: boolean;
}

const applied = (state: "InSync" | "Pending"): S3BucketStatus => ({
  declarationHash: "before",
  appliedSettings: ["encryption"],
  settings: [{ name: "encryption", source: "Spec", state }],
});
const WITH_FORMER: S3BucketStatus = { ...applied("InSync"), kmsKeyArn: FORMER };
const CHANGING: S3BucketStatus = {
  ...applied("Pending"),
  kmsKeyArn: NEW,
  keyChange: { startTime: START, formerKmsKeyArn: FORMER },
};

/** The key part of one reconcile. */
function look(given: Case) {
  const {
    status = WITH_FORMER,
    key = { arn: NEW },
    differs = true,
    ageMs = 0,
    settleWindowMs = 90_000,
    isRestarted = false,
  } = given;
  const atAws = "atAws" in given ? given.atAws : FORMER;
  const delayMs = "delayMs" in given ? given.delayMs : 2_000;
  const { context } = recordedContext(s3Bucket({}, { status }));
  context.status.declarationHash = "now";
  const uses = { usersOf: () => (delayMs === undefined ? [] : [{}]), keyDelayMs: () => delayMs };
  const { kmsKeyArn, keyChange: { formerKmsKeyArn } = {} } = status;
  const keys = { ...(kmsKeyArn && { kmsKeyArn }), ...(formerKmsKeyArn && { formerKmsKeyArn }) };
  const verified = verifiedBuckets(...(isRestarted ? [] : [[context.object, verifiedBucket(keys)] as const]));
  const dependencies = { uses, verified, now: () => start + ageMs, settleWindowMs } as unknown as BucketDependencies;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: atAws } };
  const plan = planOf(encryption, {
    observation: { value: rule },
    changes: differs ? [change("kmsKey")] : [],
    ...given.plan,
  });
  const memory = memoryOf(context.object, target());
  const [planned] = prepareKeyChange(dependencies, context, target(), key, [plan], memory);
  const noted = context.status.keyChange;
  return {
    held: planned?.held,
    noted,
    end: (state: "InSync" | "Settling" | "Failed") => {
      const afterMs = endKeyChange(dependencies, context, [resultOf(plan, state)]);
      return { afterMs, noted: context.status.keyChange };
    },
  };
}

describe("while BucketAccesses lack permissions on the new key", () => {
  test("S3 does not get it, and the former key is recorded", () => {
    const { held, noted } = look({});
    expect(noted).toEqual({ startTime: START, formerKmsKeyArn: FORMER });
    expect(held).toEqual({ message: expect.stringContaining(NEW) as string, afterMs: 2_000 });
  });

  test("S3 gets it in the end, whatever their status", () => {
    const steps = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(steps, (delays) => {
        let ageMs = 0;
        let status = WITH_FORMER;
        for (const delayMs of delays) {
          const { held, noted } = look({ status, delayMs, ageMs });
          if (held === undefined) break;
          ageMs += held.afterMs;
          status = { ...CHANGING, ...(noted && { keyChange: noted }) };
          expect(ageMs).toBeLessThanOrEqual(60_000);
        }
        expect(look({ status, delayMs: 1, ageMs: 60_000 }).held).toBeUndefined();
      }),
    );
  });

  test("a start in the future delays nothing", () => {
    const keyChange: KeyChange = { startTime: "2030-01-01T00:00:00Z" };
    expect(look({ status: { ...CHANGING, keyChange } }).held).toBeUndefined();
  });

  test("yet another key begins anew, and S3 still has the one that it has", () => {
    const status = { ...CHANGING, kmsKeyArn: OLDER };
    const { held, noted } = look({ status, ageMs: 50_000 });
    expect(noted).toEqual({ startTime: new Date(start + 50_000).toISOString(), formerKmsKeyArn: FORMER });
    expect(held?.afterMs).toBe(2_000);
  });

  test("a bucket that had no key waits as well", () => {
    const { held, noted } = look({ status: applied("InSync"), atAws: undefined });
    expect(noted).toEqual({ startTime: START });
    expect(held).toBeDefined();
  });
});

describe("not held", () => {
  test.each<[string, Case, string | undefined]>([
    ["without BucketAccesses, and not noted", { delayMs: undefined }, undefined],
    ["when they have their rights", { delayMs: 0 }, FORMER],
    ["with no key to come", { key: { arn: undefined } }, FORMER],
    [
      "a key that a person changed at AWS",
      { status: { ...WITH_FORMER, kmsKeyArn: NEW, declarationHash: "now" } },
      undefined,
    ],
    ["what S3 has already", { differs: false, atAws: NEW, status: { ...CHANGING, ...applied("InSync") } }, FORMER],
  ])("%s", (_, given, former) => {
    const { held, noted } = look(given);
    expect(held).toBeUndefined();
    expect(noted?.formerKmsKeyArn).toBe(former);
  });

  test("an unusable key changes nothing", () => {
    const failure = { reason: "KMSKeyNotFound", message: "" } as const;
    const { held, noted } = look({ key: { failure }, status: CHANGING });
    expect(held).toBeUndefined();
    expect(noted).toEqual(CHANGING.keyChange);
  });
});

describe("the former key", () => {
  test.each<[string, Case, string | undefined]>([
    ["is the declared one that S3 has, by its id too", { atAws: "former" }, FORMER],
    ["is none that a person set", { atAws: arn("another") }, undefined],
    ["is the declared one as long as S3 does not say", { plan: { observation: { error: new Error() } } }, FORMER],
    ["is no longer the one before it", { status: { ...CHANGING, kmsKeyArn: OLDER }, atAws: OLDER }, OLDER],
    ["is not the one that comes back", { key: { arn: FORMER }, status: CHANGING, atAws: NEW }, NEW],
  ])("%s", (_, given, former) => {
    expect(look(given).noted?.formerKmsKeyArn).toBe(former);
  });
});

describe("the change is over", () => {
  test.each(["Settling", "Failed"] as const)("not while the encryption is %s, however long", (state) => {
    const { end, noted } = look({ status: CHANGING, ageMs: 1_000_000 });
    expect(end(state)).toEqual({ afterMs: Infinity, noted });
  });

  test("not before S3 can be expected to use the new key everywhere", () => {
    const { end, noted } = look({ status: CHANGING, ageMs: 30_000, atAws: NEW, differs: false });
    const { afterMs, ...rest } = end("InSync");
    expect(rest).toEqual({ noted });
    expect(afterMs * 0.9).toBeGreaterThan(60_000);
    expect(afterMs).toBeLessThan(80_000);
  });

  test("after that", () => {
    const { end } = look({ status: CHANGING, ageMs: 90_000, atAws: NEW, differs: false });
    expect(end("InSync")).toEqual({ afterMs: Infinity, noted: undefined });
  });

  test("at once where S3 had no key before", () => {
    const status = { ...CHANGING, keyChange: { startTime: START } };
    const { end } = look({ status, atAws: NEW, differs: false });
    expect(end("InSync")).toEqual({ afterMs: Infinity, noted: undefined });
  });
});

describe("after a restart, the former key that status names", () => {
  test.each<[string, Case, string | undefined]>([
    ["counts if S3 has it", { status: WITH_FORMER }, FORMER],
    ["counts for nothing if S3 has another", { status: { ...WITH_FORMER, kmsKeyArn: OLDER } }, undefined],
    ["counts for nothing if it is only that of a change", { status: CHANGING, atAws: NEW, differs: false }, undefined],
    [
      "counts for nothing if S3 cannot be read",
      { status: WITH_FORMER, plan: { observation: { error: new Error("Denied") } } },
      undefined,
    ],
  ])("%s", (_case, given, expected) => {
    expect(look({ ...given, isRestarted: true }).noted?.formerKmsKeyArn).toBe(expected);
  });
});
