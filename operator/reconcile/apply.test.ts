import { beforeEach, describe, expect, test } from "vitest";
import { applyParts, partsToWrite, readBack } from "./apply.ts";
import { createHistory, MAX_WRITES, type History } from "./history.ts";
import { failed } from "./outcome.ts";
import type { Part } from "./part.ts";
import { partOf, resultOf } from "./testing/parts.ts";

const DENIED = { reason: "AccessDenied", message: "iam:PutRolePolicy", retryAfterMs: 120_000 } as const;

let history: History;
let writes: string[];

beforeEach(() => {
  history = createHistory(() => 0, 60_000);
  writes = [];
});

/** Writes parts; those of `failing` throw. Returns the name and state of each. */
async function apply(parts: readonly Part[], failing: Readonly<Record<string, Error>> = {}) {
  const write = async ({ name }: Part) => {
    writes.push(name);
    if (failing[name] !== undefined) throw failing[name];
  };
  const results = await applyParts(parts, write, history, "uid");
  return results.map(({ part, state }) => [part.name, state]);
}

describe("applyParts", () => {
  test("writes the other parts after one has failed", async () => {
    const states = await apply([partOf("trust"), partOf("permissions")], { trust: failed(DENIED) });
    expect(states).toEqual([
      ["trust", "Failed"],
      ["permissions", "Settling"],
    ]);
    expect(writes).toEqual(["trust", "permissions"]);
  });

  test("does not write a part that is equal, blocked or held", async () => {
    const held = { message: "soon", afterMs: 1 };
    const parts = [partOf("a", { changes: [] }), partOf("b", { blocked: DENIED }), partOf("c", { held })];
    expect(partsToWrite(parts, history, "uid")).toEqual([]);
    expect(await apply(parts)).toEqual([
      ["a", "InSync"],
      ["b", "Failed"],
      ["c", "Held"],
    ]);
    expect(writes).toEqual([]);
  });

  test("skips all parts after a prerequisite that failed", async () => {
    const parts = [partOf("tags", { isPrerequisite: true }), partOf("cors"), partOf("acl", { changes: [] })];
    expect(await apply(parts, { tags: failed(DENIED) })).toEqual([
      ["tags", "Failed"],
      ["cors", "Skipped"],
      ["acl", "Skipped"],
    ]);
    expect(writes).toEqual(["tags"]);
  });

  test("waits until AWS shows a write, and does not wait for Kubernetes", async () => {
    const parts = [partOf("permissions"), partOf("configMap", { isConsistent: true })];
    await apply(parts);
    expect(partsToWrite(parts, history, "uid").map(({ name }) => name)).toEqual(["configMap"]);
    expect(await apply(parts)).toEqual([
      ["permissions", "Settling"],
      ["configMap", "Settling"],
    ]);
    expect(writes).toEqual(["permissions", "configMap", "configMap"]);
  });

  test("rethrows an error that is not an outcome", async () => {
    await expect(apply([partOf("a")], { a: new TypeError("bug") })).rejects.toThrow("bug");
  });
});

test("readBack tells the history which writes were seen", async () => {
  const parts = ["kept", "lost"].map((name) => partOf(name, { isConsistent: true }));
  for (let write = 0; write < MAX_WRITES; write += 1) {
    const written = await applyParts(parts, () => Promise.resolve(), history, "uid");
    readBack(written, [partOf("kept", { changes: [] }), partOf("lost")], history, "uid");
  }
  expect(await apply(parts)).toEqual([
    ["kept", "KeepsChanging"],
    ["lost", "NotKept"],
  ]);
});

test("readBack: an equal part is in sync, a different one settles, and one that cannot be read has failed", () => {
  const written = ["trust", "tags", "policy", "cors"].map((name) => resultOf(partOf(name), "Settling"));
  const again = [partOf("trust", { changes: [] }), partOf("tags"), partOf("policy", { blocked: DENIED })];
  expect(readBack(written, again, history, "uid").map(({ state }) => state)).toEqual([
    "InSync",
    "Settling",
    "Failed",
    "Settling",
  ]);
});
