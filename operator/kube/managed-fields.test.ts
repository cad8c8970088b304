import { expect, test } from "vitest";
import { appliedKeys, appliersOf } from "./managed-fields.ts";
import type { KubeObject, ManagedFields } from "./object.ts";

function object(...managedFields: ManagedFields[]): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "docs", managedFields } };
}

const data = (...keys: string[]) => ({
  "f:data": { ".": {}, ...Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
});

test("appliersOf names the clients that apply the field, not those that update it", () => {
  const found = object(
    { manager: "a", operation: "Apply", fieldsV1: data("ONE", "TWO") },
    { manager: "b", operation: "Apply", fieldsV1: data("TWO") },
    { manager: "velero", operation: "Update", fieldsV1: data("ONE", "TWO") },
    { operation: "Apply" },
  );
  expect(appliersOf(found, "data", "ONE")).toEqual(["a"]);
  expect(appliersOf(found, "data", "TWO")).toEqual(["a", "b"]);
  expect(appliersOf(found, "metadata", "labels", "ONE")).toEqual([]);
  expect(appliersOf(object(), "data", "ONE")).toEqual([]);
});

test("appliedKeys lists the keys of one client", () => {
  const found = object(
    { manager: "a", operation: "Apply", fieldsV1: data("TWO", "f:odd", "ONE") },
    { manager: "b", operation: "Apply", fieldsV1: data("THREE") },
  );
  expect(appliedKeys(found, "a", "data")).toEqual(["ONE", "TWO", "f:odd"]);
  expect(appliedKeys(found, "c", "data")).toEqual([]);
});
