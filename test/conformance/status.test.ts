/** Lists of status fields that code keeps by hand, held against the CRDs. */
import { expect, test } from "vitest";
import { noteNothing } from "../../operator/access/status.ts";
import type { BucketAccessStatus } from "../../operator/api/types.ts";
import { loadDefinitions, storedSchema } from "../../scripts/schema.ts";

/** Fields of a BucketAccess that stay in status once it is revoked: about the object, or about the past. */
const KEPT: (keyof BucketAccessStatus)[] = ["conditions", "drift", "observedGeneration", "reconcileRequestedAt"];

function statusFields(kind: string): string[] {
  const definition = loadDefinitions().find(({ spec }) => spec.names.kind === kind);
  const { status } = (definition && storedSchema(definition).properties) ?? {};
  return Object.keys(status?.properties ?? {});
}

test("a revoked BucketAccess keeps nothing in status of what was granted", () => {
  const status = Object.fromEntries(statusFields("BucketAccess").map((field) => [field, "x"])) as BucketAccessStatus;
  noteNothing(status);
  expect(
    Object.keys(status).sort(),
    "A new field of status belongs into HELD of operator/access/status.ts, or into KEPT of this test",
  ).toEqual(KEPT);
});
