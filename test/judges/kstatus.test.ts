import fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition, StatusObject } from "../../operator/kube/object.ts";
import { kstatus } from "../conformance/kstatus.ts";
import { kstatusOf } from "../tools/judges.ts";

/** The first run has to build the tool. */
const BUILD_MS = 20 * 60_000;

const condition: fc.Arbitrary<Condition> = fc.record({
  type: fc.constantFrom("Ready", "Reconciling", "Stalled", "Paused"),
  status: fc.constantFrom("True", "False", "Unknown"),
  observedGeneration: fc.nat(3),
  lastTransitionTime: fc.constant("2026-11-22T09:30:12Z"),
  reason: fc.constant("Because"),
  message: fc.constant("Because."),
});

const status = fc.record(
  {
    observedGeneration: fc.integer({ min: -1, max: 3 }),
    conditions: fc.uniqueArray(condition, { selector: ({ type }) => type, maxLength: 4 }),
  },
  { requiredKeys: [] },
);

const metadata = fc.record(
  {
    name: fc.constant("docs"),
    generation: fc.integer({ min: 1, max: 3 }),
    deletionTimestamp: fc.constant("2026-11-22T09:30:12Z"),
  },
  { requiredKeys: ["name", "generation"] },
);

const statusObject: fc.Arbitrary<StatusObject> = fc.record(
  { apiVersion: fc.constant("s3-operator.io/v1alpha1"), kind: fc.constant("S3Bucket"), metadata, status },
  { requiredKeys: ["apiVersion", "kind", "metadata"] },
);

test("our kstatus, which the invariants use, agrees with the library", { timeout: BUILD_MS }, async () => {
  const objects = fc.sample(statusObject, 5_000);
  const judged = await kstatusOf(objects);
  expect(new Set(judged), "the examples cover each status").toEqual(
    new Set(["Current", "InProgress", "Failed", "Terminating"]),
  );
  const different = objects.flatMap((object, index) => {
    const [ours, theirs] = [kstatus(object), judged[index]];
    return ours === theirs ? [] : [{ object, ours, theirs }];
  });
  expect(different).toEqual([]);
});
