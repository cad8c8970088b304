import { beforeEach, describe, expect, test } from "vitest";
import { createHistory, MAX_WRITES, type History } from "../../reconcile/history.ts";
import { sdkError } from "../testing/fake-bucket.ts";
import { OWNER } from "../testing/fixtures.ts";
import { thrownFailure } from "../testing/thrown.ts";
import { ensureManagedKey, managedAlias, type ManagedKeyRequest } from "./managed.ts";
import { arnOf, fakeKms, keyMetadata, notFound, ownTags, type Answers, type Input } from "./testing/fake-kms.ts";

const ALIAS = "alias/s3-operator/prod/team/docs";
const ROTATED = { KeyRotationEnabled: true, RotationPeriodInDays: 365 };

/** KMS with one key of ours: its alias, state and rotation. */
function withKey(
  KeyState = "Enabled",
  { named = true, rotation = ROTATED }: { named?: boolean; rotation?: object } = {},
): Answers {
  return {
    DescribeKey: ({ KeyId }: Input) => {
      if (KeyId === ALIAS && !named) notFound();
      return { KeyMetadata: keyMetadata("k", KeyState) };
    },
    ListKeys: () => ({ Keys: [{ KeyId: "k" }] }),
    ListResourceTags: ownTags,
    GetKeyRotationStatus: () => rotation,
  };
}

const NO_KEY: Answers = { DescribeKey: notFound, ListKeys: () => ({ Keys: [] }) };
const WRITES = Object.fromEntries(
  ["CreateAlias", "EnableKeyRotation", "EnableKey", "CancelKeyDeletion", "ScheduleKeyDeletion"].map((each) => [
    each,
    () => ({}),
  ]),
);

/** KMS that returns the rotation that was written last. */
function rotating(answers: Answers): Answers {
  let written: object | undefined;
  return {
    ...answers,
    EnableKeyRotation: (input) => {
      written = { KeyRotationEnabled: true, RotationPeriodInDays: input["RotationPeriodInDays"] };
      return answers["EnableKeyRotation"]?.(input);
    },
    GetKeyRotationStatus: (input) => written ?? answers["GetKeyRotationStatus"]?.(input),
  };
}

async function ensured(answers: Answers, overrides: Partial<ManagedKeyRequest> = {}) {
  const { client, calls } = fakeKms(rotating({ ...WRITES, ...answers }));
  const begun: string[] = [];
  const { key, changes } = await ensureManagedKey(client, {
    spec: {},
    owner: OWNER,
    known: undefined,
    workBegun: false,
    uid: "uid",
    history: createHistory(() => 0, 60_000),
    observe: false,
    beginWork: async (all) => {
      calls.push("on record");
      begun.push(...all.map(({ path, desired, actual }) => `${path} ${actual || "-"} -> ${desired}`));
    },
    ...overrides,
  });
  return { key, changes, begun, calls };
}

const LOOK = [`DescribeKey ${ALIAS}`, "ListResourceTags k", "GetKeyRotationStatus k"];

describe("the alias", () => {
  test("differs for clusters, namespaces and names", () => {
    expect(managedAlias({}, OWNER)).toBe(ALIAS);
    expect(managedAlias({}, { ...OWNER, name: "a.b-c" })).toBe("alias/s3-operator/prod/team/a_b-c");
    expect(managedAlias({ alias: "alias/mine" }, OWNER)).toBe("alias/mine");
  });

  test("is within KMS's bounds for the longest names there are", () => {
    const alias = managedAlias({}, { cluster: "c".repeat(63), namespace: "n".repeat(63), name: "b".repeat(63) });
    expect(alias).toMatch(/^alias\/[\w/-]{1,250}$/);
  });
});

test("as declared: three reads, and no record", async () => {
  const { key, changes, calls } = await ensured(withKey(), { known: arnOf("k") });
  expect(key?.Arn).toBe(arnOf("k"));
  expect(changes).toEqual([]);
  expect(calls).toEqual(LOOK);
});

test("a new key: records the intent before it creates anything", async () => {
  const { calls, begun, key } = await ensured({
    ...NO_KEY,
    CreateKey: () => ({ KeyMetadata: keyMetadata("new"), $metadata: { attempts: 1 } }),
  });
  expect(calls).toEqual([
    `DescribeKey ${ALIAS}`,
    "on record",
    "CreateKey",
    `CreateAlias ${ALIAS}`,
    "EnableKeyRotation new",
    "GetKeyRotationStatus new",
  ]);
  expect(begun).toEqual([`kmsKey.managed.alias - -> ${ALIAS}`]);
  expect(key?.Arn).toBe(arnOf("new"));
});

test("creates nothing if the intent cannot be recorded", async () => {
  const failing = ensured(NO_KEY, { beginWork: () => Promise.reject(new Error("no API server")) });
  await expect(failing).rejects.toThrow("no API server");
});

describe("a key without its alias", () => {
  test("that is known is given it", async () => {
    const { calls } = await ensured(withKey("Enabled", { named: false }), { known: arnOf("k") });
    expect(calls.slice(-2)).toEqual(["on record", `CreateAlias ${ALIAS}`]);
    expect(calls).not.toContain("ListKeys");
  });

  test("that an earlier try may have made is searched for", async () => {
    const { calls, key } = await ensured(withKey("Enabled", { named: false, rotation: {} }), { workBegun: true });
    expect(key?.Arn).toBe(arnOf("k"));
    expect(calls).toContain("ListKeys");
    expect(calls).not.toContain("CreateKey");
    expect(calls.slice(-3)).toEqual([`CreateAlias ${ALIAS}`, "EnableKeyRotation k", "GetKeyRotationStatus k"]);
  });

  test("is not asked for where it cannot be: in another account or region", async () => {
    for (const known of ["arn:aws:kms:eu-central-1:444455556666:key/k", "arn:aws:kms:us-east-1:111122223333:key/k"]) {
      const made = () => ({ KeyMetadata: keyMetadata("new"), $metadata: {} });
      const { calls } = await ensured({ ...NO_KEY, CreateKey: made }, { known });
      expect(calls[1]).toBe("on record");
    }
  });

  test("and pending deletion by a user is left alone", async () => {
    const { key, calls } = await ensured(withKey("PendingDeletion", { named: false }), { known: arnOf("k") });
    expect(key?.KeyState).toBe("PendingDeletion");
    expect(calls).not.toContain("on record");
  });
});

describe("twins", () => {
  /** Keys "a" and "b" without an alias; the named ones were used. */
  const twins = (...used: string[]): Answers => ({
    DescribeKey: ({ KeyId = "" }: Input) => (KeyId === ALIAS ? notFound() : { KeyMetadata: keyMetadata(KeyId) }),
    ListKeys: () => ({ Keys: [{ KeyId: "a" }, { KeyId: "b" }] }),
    ListResourceTags: ownTags,
    GetKeyRotationStatus: ({ KeyId = "" }: Input) => (used.includes(KeyId) ? ROTATED : {}),
  });
  const discarded = (calls: string[]) => calls.filter((call) => call.startsWith("ScheduleKeyDeletion"));

  test("that were never used: one stays, and the other is deleted before the alias is created", async () => {
    const { calls, key } = await ensured(twins(), { workBegun: true });
    expect(discarded(calls)).toHaveLength(1);
    expect(discarded(calls)).not.toContain(`ScheduleKeyDeletion ${key?.KeyId}`);
    expect(calls.findIndex((call) => call.startsWith("ScheduleKeyDeletion"))).toBeLessThan(
      calls.indexOf(`CreateAlias ${ALIAS}`),
    );
  });

  test.each(["a", "b"])("of which %s was used: the other one goes", async (used) => {
    const { calls, key } = await ensured(twins(used), { workBegun: true });
    expect(key?.KeyId).toBe(used);
    expect(discarded(calls)).toEqual([`ScheduleKeyDeletion ${used === "a" ? "b" : "a"}`]);
  });

  test("that were both used: none goes", async () => {
    const { calls } = await ensured(twins("a", "b"), { workBegun: true });
    expect(discarded(calls)).toEqual([]);
  });

  test("of a CreateKey that took two tries", async () => {
    const made = () => ({ KeyMetadata: keyMetadata("b"), $metadata: { attempts: 2 } });
    const { calls, key } = await ensured({ ...twins(), CreateKey: made });
    expect(key?.KeyId).toBe("b");
    expect(discarded(calls)).toEqual(["ScheduleKeyDeletion a"]);
  });
});

describe("an alias that another key gets in the meantime", () => {
  const taken = () => {
    throw sdkError("AlreadyExistsException", 400);
  };
  /** After CreateAlias fails, the alias names `holder`. */
  const race = (holder: string, tags = ownTags()): Answers => {
    let refused = false;
    return {
      DescribeKey: () => (refused ? { KeyMetadata: keyMetadata(holder) } : notFound()),
      CreateKey: () => ({ KeyMetadata: keyMetadata("new"), $metadata: {} }),
      CreateAlias: () => {
        refused = true;
        return taken();
      },
      ListResourceTags: () => tags,
      GetKeyRotationStatus: () => ({}),
    };
  };

  test("by an earlier try of ours", async () => {
    const { key, calls } = await ensured(race("new"));
    expect(key?.KeyId).toBe("new");
    expect(calls).not.toContain("ScheduleKeyDeletion new");
  });

  test("by another process of ours: its key is used", async () => {
    const { key, calls } = await ensured(race("theirs"));
    expect(key?.KeyId).toBe("theirs");
    expect(calls).toContain("ScheduleKeyDeletion new");
  });

  test("by another owner: the new key is deleted", async () => {
    const { client, calls } = fakeKms({ ...WRITES, ...race("theirs", { Tags: [] }) });
    const history = createHistory(() => 0, 60_000);
    const request = { spec: {}, owner: OWNER, known: undefined, workBegun: false, observe: false, uid: "uid", history };
    const failure = await thrownFailure(() =>
      ensureManagedKey(client, { ...request, beginWork: () => Promise.resolve() }),
    );
    expect(failure).toMatchObject({ reason: "KMSAliasTaken", terminal: true });
    expect(failure.message).toContain(ALIAS);
    expect(calls).toContain("ScheduleKeyDeletion new");
  });
});

describe("a key that is not enabled", () => {
  const enabling = (calls: string[]) => calls.filter((call) => /^(CancelKeyDeletion|EnableKey) /.test(call));

  test("was retired with the last S3Bucket of this name: it is revived", async () => {
    const { key, calls, begun } = await ensured(withKey("PendingDeletion"));
    expect(enabling(calls)).toEqual(["CancelKeyDeletion k", "EnableKey k"]);
    expect(begun).toEqual(["kmsKey.managed PendingDeletion -> Enabled"]);
    expect(key?.KeyState).toBe("Enabled");
  });

  test("was half revived", async () => {
    expect(enabling((await ensured(withKey("Disabled"), { workBegun: true })).calls)).toEqual(["EnableKey k"]);
  });

  test.each(["Disabled", "PendingDeletion"])("a user made it %s while it was in use: it stays so", async (state) => {
    const { key, calls } = await ensured(withKey(state), { known: arnOf("k"), workBegun: true });
    expect(enabling(calls)).toEqual([]);
    expect(key?.KeyState).toBe(state);
  });

  test("a user disabled it before: it stays so", async () => {
    expect(enabling((await ensured(withKey("Disabled"))).calls)).toEqual([]);
  });
});

describe("rotation", () => {
  test.each([
    ["off", {}, undefined, 365],
    ["off, and another wish", {}, 90, 90],
    ["another period", ROTATED, 90, 90],
    ["KMS's own period, which older keys do not name", { KeyRotationEnabled: true }, undefined, undefined],
    ["as declared", { KeyRotationEnabled: true, RotationPeriodInDays: 90 }, 90, undefined],
  ])("%s", async (_case, rotation, rotationPeriodInDays, written) => {
    const seen: unknown[] = [];
    const spec = rotationPeriodInDays === undefined ? {} : { rotationPeriodInDays };
    await ensured(
      {
        ...withKey("Enabled", { rotation }),
        EnableKeyRotation: ({ RotationPeriodInDays }) => void seen.push(RotationPeriodInDays),
      },
      { spec, known: arnOf("k") },
    );
    expect(seen).toEqual(written === undefined ? [] : [written]);
  });
});

describe("a rotation that KMS does not show after the write", () => {
  const SETTLE_MS = 60_000;
  let now: number;
  let history: History;
  let calls: string[];
  let records: number;
  let shown: object;

  beforeEach(() => {
    now = 0;
    history = createHistory(() => now, SETTLE_MS);
    calls = [];
    records = 0;
    shown = { KeyRotationEnabled: true };
  });

  /** One look at a key that KMS shows with the rotation `shown`. */
  async function look() {
    const kms = fakeKms({ ...WRITES, ...withKey(), GetKeyRotationStatus: () => shown });
    const beginWork = async () => void (records += 1);
    const rest = { spec: { rotationPeriodInDays: 90 }, owner: OWNER, workBegun: false, uid: "uid", observe: false };
    const outcome = await ensureManagedKey(kms.client, { ...rest, known: arnOf("k"), history, beginWork });
    calls = kms.calls;
    return outcome.rotation?.state;
  }

  const isWritten = () => calls.includes("EnableKeyRotation k");

  test("settles, and is read again without a write", async () => {
    expect(await look()).toBe("Settling");
    expect(isWritten()).toBe(true);
    expect(await look()).toBe("Settling");
    expect(isWritten()).toBe(false);
    shown = { KeyRotationEnabled: true, RotationPeriodInDays: 90 };
    expect(await look()).toBeUndefined();
    expect(calls).toEqual(LOOK);
    expect(records).toBe(1);
  });

  test("is written five times, and then once an hour", async () => {
    for (let write = 1; write <= MAX_WRITES; write += 1) {
      expect(await look()).toBe("Settling");
      expect(isWritten()).toBe(true);
      now += SETTLE_MS;
    }
    for (let count = 0; count < 3; count += 1) {
      expect(await look()).toBe("NotKept");
      expect(isWritten()).toBe(false);
    }
    expect(records).toBe(MAX_WRITES);
    now += 3_600_000;
    await look();
    expect(isWritten()).toBe(true);
  });

  test("does not delay the rotation of another key of the object", async () => {
    shown = {};
    await look();
    const kms = fakeKms({
      ...WRITES,
      ...NO_KEY,
      CreateKey: () => ({ KeyMetadata: keyMetadata("new"), $metadata: {} }),
      GetKeyRotationStatus: () => shown,
    });
    const rest = { spec: { rotationPeriodInDays: 90 }, owner: OWNER, workBegun: false, uid: "uid", observe: false };
    await ensureManagedKey(kms.client, { ...rest, known: undefined, history, beginWork: () => Promise.resolve() });
    expect(kms.calls).toContain("EnableKeyRotation new");
  });

  test("keeps changing if KMS showed it at first", async () => {
    await look();
    shown = { KeyRotationEnabled: true, RotationPeriodInDays: 90 };
    await look();
    shown = {};
    for (let write = 1; write <= MAX_WRITES; write += 1) {
      await look();
      now += SETTLE_MS;
    }
    expect(await look()).toBe("KeepsChanging");
  });
});

test("with observe nothing is written, whatever there is to do", async () => {
  for (const answers of [NO_KEY, withKey("PendingDeletion"), withKey("Enabled", { named: false, rotation: {} })]) {
    const { calls, changes } = await ensured(answers, { observe: true, workBegun: true });
    expect(changes).not.toEqual([]);
    for (const call of calls) expect(call).toMatch(/^(Describe|List|Get)/);
  }
});
