import { describe, expect, test } from "vitest";
import { s3Bucket, verifiedBucket } from "./testing/fixtures.ts";
import { createVerifiedBuckets, type OnVerified } from "./verified.ts";

function registry() {
  const changes: Parameters<OnVerified>[1][] = [];
  return { changes, verified: createVerifiedBuckets((_bucket, known) => changes.push(known)) };
}

const ACCOUNT = verifiedBucket().accountId;
const [one, other] = [s3Bucket({}, { uid: "1" }), s3Bucket({}, { uid: "2", namespace: "others", name: "x" })];

describe("createVerifiedBuckets", () => {
  test("tells a change once, and what is forgotten", () => {
    const { changes, verified } = registry();
    verified.note(one, verifiedBucket());
    verified.note(one, verifiedBucket());
    verified.note(one, verifiedBucket({ kmsKeyArn: "key" }));
    verified.note(one, { state: "Lost", name: "docs" });
    verified.forget(one);
    expect(changes.map(({ isFirst }) => isFirst)).toEqual([true, false, false, false]);
    expect(changes.map(({ name }) => name)).toEqual(["docs", "docs", "docs", "docs"]);
    expect(verified.of(one)).toBeUndefined();
  });

  test("tells of the first reconcile that verifies nothing", () => {
    const { changes, verified } = registry();
    expect(verified.isReconciled(one)).toBe(false);
    verified.reconciled(one);
    verified.reconciled(one);
    expect(verified.isReconciled(one)).toBe(true);
    verified.note(other, verifiedBucket());
    verified.reconciled(other);
    expect(changes).toHaveLength(2);
  });

  test("knows an object by its uid", () => {
    const { verified } = registry();
    verified.note(one, verifiedBucket());
    expect(verified.of(s3Bucket({}, { uid: "3" }))).toBeUndefined();
  });

  test("counts as owned only what is verified, with tags, in the account", () => {
    const { verified } = registry();
    verified.note(one, verifiedBucket({ name: "a" }));
    expect(verified.ownBucketNames("team", ACCOUNT)).toEqual(new Set(["a"]));
    expect(verified.ownBucketNames("others", ACCOUNT)).toEqual(new Set());
    expect(verified.ownBucketNames("team", "999988887777")).toEqual(new Set());
    expect([verified.isOwned("a", ACCOUNT), verified.isOwned("b", ACCOUNT)]).toEqual([true, false]);
    verified.note(one, verifiedBucket({ name: "a", isOwned: false }));
    expect(verified.isOwned("a", ACCOUNT)).toBe(false);
    verified.note(one, { state: "Lost", name: "a" });
    expect(verified.isOwned("a", ACCOUNT)).toBe(false);
  });
});
