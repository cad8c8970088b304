import { expect, test } from "vitest";
import { OWNER } from "../testing/fixtures.ts";
import { thrownFailure } from "../testing/thrown.ts";
import { findOwnKey, findOwnKeys, isOwnKey } from "./find.ts";
import { denied, fakeKms, keyMetadata, notFound, ownTags, type Answers, type Input } from "./testing/fake-kms.ts";

const KEY_POLICY = "no resource-based policy allows the kms:ListResourceTags action";

/** KMS with these keys: ours, another owner's, gone, or with an error in place of their tags. */
function account(keys: Record<string, "ours" | "other's" | "pending" | (() => never)>): Answers {
  const ids = Object.keys(keys);
  return {
    // One a page.
    ListKeys: ({ Marker = "0" }) => {
      const index = Number(Marker);
      const NextMarker = index + 1 < ids.length ? { NextMarker: `${index + 1}`, Truncated: true } : {};
      return { Keys: ids.slice(index, index + 1).map((KeyId) => ({ KeyId })), ...NextMarker };
    },
    ListResourceTags: ({ KeyId = "" }: Input) => {
      const key = keys[KeyId];
      if (typeof key === "function") return key();
      return key === "other's" ? { Tags: [] } : ownTags();
    },
    DescribeKey: ({ KeyId = "" }: Input) => ({
      KeyMetadata: keyMetadata(KeyId, keys[KeyId] === "pending" ? "PendingDeletion" : "Enabled"),
    }),
  };
}

async function found(keys: Parameters<typeof account>[0]): Promise<string[]> {
  const own = await findOwnKeys(fakeKms(account(keys)).client, OWNER);
  return own.map(({ KeyId = "" }) => KeyId).sort();
}

test("finds all live keys with the owner's tags, over all pages", async () => {
  expect(
    await found({ a: "ours", b: "other's", c: "pending", d: "ours", e: notFound, f: "ours", g: "other's" }),
  ).toEqual(["a", "d", "f"]);
  expect(await found({})).toEqual([]);
});

test("a key whose own policy denies reading its tags has another owner", async () => {
  expect(await found({ a: denied(KEY_POLICY), b: "ours" })).toEqual(["b"]);
});

test("throws if the operator may not read tags", async () => {
  const failure = await thrownFailure(() => found({ a: denied(), b: "other's" }));
  expect(failure.reason).toBe("AccessDenied");
});

test("no call is under way more than five times", async () => {
  let now = 0;
  let most = 0;
  const answers = account(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "ours"] as const)));
  const slowly = async (input: Input) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return answers["ListResourceTags"]?.(input);
  };
  await findOwnKeys(fakeKms({ ...answers, ListResourceTags: slowly }).client, OWNER);
  expect(most).toBe(5);
});

test("one key: ours, another's, hidden, gone", async () => {
  const { client } = fakeKms(account({ a: "ours", b: "other's", c: denied(KEY_POLICY), d: notFound }));
  const ids = await Promise.all(["a", "b", "c", "d"].map((id) => findOwnKey(client, id, OWNER)));
  expect(ids.map((key) => key?.KeyId)).toEqual(["a", undefined, undefined, undefined]);
});

test("throws if the owner of a key with the alias is unknown", async () => {
  const { client } = fakeKms(account({ a: denied(KEY_POLICY), b: "ours", c: "other's" }));
  expect(await isOwnKey(client, "b", OWNER)).toBe(true);
  expect(await isOwnKey(client, "c", OWNER)).toBe(false);
  expect((await thrownFailure(() => isOwnKey(client, "a", OWNER))).reason).toBe("AccessDenied");
});
