import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergePatchBetween, writeStatus } from "./status.ts";
import { applyMergePatch, createMemoryClient } from "./testing/memory-client.ts";
import { widget, WIDGETS, type Widget } from "./testing/objects.ts";

describe("the patch between two statuses", () => {
  test.each([
    ["equal", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, undefined],
    ["a changed field", { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ["a field gone", { a: 1, b: 2 }, { a: 1 }, { b: null }],
    ["an undefined field, which is no field", { a: 1 }, { a: 1, b: undefined }, undefined],
    ["a null field, which is no field either", { a: 1 }, { a: 1, b: null }, undefined],
    ["a nested change", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 3 } }],
    ["a list, replaced whole", { a: [{ b: 1 }, { c: 2 }] }, { a: [{ b: 1 }] }, { a: [{ b: 1 }] }],
    ["an object become a list", { a: { b: 1 } }, { a: [] }, { a: [] }],
    ["half a surrogate pair, which is stored as U+FFFD", { a: ["x\uFFFD"] }, { a: ["x\uD83D"] }, undefined],
    ["an empty object, which is there", {}, { a: {} }, { a: {} }],
  ])("%s", (_, from, to, expected) => {
    expect(mergePatchBetween(from, to)).toEqual(expected);
  });

  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
  const status = fc.dictionary(fc.string(), fc.oneof(leaf, fc.dictionary(fc.string(), leaf)));

  test("leads from one to the other, and is undefined if they are equal", () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const [plainFrom, plainTo] = [structuredClone(from), structuredClone(to)];
        expect(applyMergePatch(plainFrom, mergePatchBetween(from, to) ?? {})).toEqual(plainTo);
        expect(mergePatchBetween(from, structuredClone(from))).toBeUndefined();
      }),
    );
  });
});

test("a status is written to /status as a patch, and only if it differs", async () => {
  const client = createMemoryClient();
  const object = client.seed<Widget>(WIDGETS, widget("a", {}, { status: { observedGeneration: -1, size: 1 } }));
  const { signal } = new AbortController();
  expect(await writeStatus(client, WIDGETS, object, { observedGeneration: -1, size: 1 }, signal)).toBeUndefined();
  const answer = await writeStatus(client, WIDGETS, object, { size: 2 }, signal);
  expect(answer?.status).toEqual({ size: 2 });
  expect(client.calls).toEqual([
    {
      verb: "patch",
      plural: "widgets",
      key: "default/a",
      subresource: "status",
      body: { metadata: { resourceVersion: "101" }, status: { observedGeneration: null, size: 2 } },
    },
  ]);
});
