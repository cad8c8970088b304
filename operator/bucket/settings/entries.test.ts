import { describe, expect, test } from "vitest";
import { entriesStatus, isOwned, ownedEntries, withoutApplied } from "./entries.ts";

test("ours are the declared ones, and those on record that are no longer declared", () => {
  const owned = ownedEntries(["a", "b"], ["b", "old"], "Keep");
  expect(owned).toEqual({ ids: ["a", "b"], former: ["old"], unmanaged: "Keep" });
  expect(["a", "b", "old", "theirs"].map((id) => isOwned(owned, id))).toEqual([true, true, true, false]);
});

test("with Remove all are", () => {
  expect(isOwned(ownedEntries([], [], "Remove"), "theirs")).toBe(true);
});

describe("withoutApplied", () => {
  test("removes recorded entries, and nothing else", () => {
    const owned = withoutApplied(["a", "theirs"], ["a", "gone"]);
    expect(owned && ["a", "theirs"].map((id) => isOwned(owned, id))).toEqual([true, false]);
  });

  test.each([
    ["none on record is there", ["theirs"], ["a"]],
    ["nothing is on record", ["theirs"], undefined],
  ])("has nothing to do where %s", (_case, observed, applied) => {
    expect(withoutApplied(observed, applied)).toBeUndefined();
  });
});

describe("entriesStatus", () => {
  test("has ids about to be written and yet to be removed, but not removed ones", () => {
    const owned = ownedEntries(["new", "a"], ["old", "gone"], "Keep");
    expect(entriesStatus(owned, ["theirs", "old", "a"])).toEqual({
      appliedIds: ["a", "new", "old"],
      unmanagedIds: ["theirs"],
    });
  });

  test("is the same whatever the order in which AWS has them", () => {
    const owned = ownedEntries([], [], "Keep");
    expect(entriesStatus(owned, ["b", "a"])).toEqual(entriesStatus(owned, ["a", "b"]));
  });

  test("stays within the bounds of the CRD, however hostile the ids", () => {
    const many = Array.from({ length: 1_500 }, (_, index) => `${index}`.padEnd(400, "x"));
    const { appliedIds, unmanagedIds } = entriesStatus(ownedEntries(["a"], many, "Keep"), many);
    expect(appliedIds).toHaveLength(1_000);
    expect(appliedIds).toContain("a");
    const others = entriesStatus(ownedEntries([], [], "Keep"), many).unmanagedIds ?? [];
    expect(others).toHaveLength(100);
    expect(Math.max(...others.map((id) => id.length))).toBe(300);
    expect(unmanagedIds).toEqual([]);
  });
});
