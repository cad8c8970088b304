import { expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/object.ts";
import { bucketAccess } from "../testing/objects.ts";
import { configMapPart } from "./config-map.ts";

/** Writes the part; returns the objects that are applied, each with its `force`. */
async function applied(found: KubeObject | undefined) {
  const calls: [KubeObject, boolean | undefined][] = [];
  const apply: KubeClient["apply"] = async (_resource, object, { force }) => {
    calls.push([object, force]);
    return object as never;
  };
  const outputs = { configMapName: "docs", data: { BUCKET_NAME: "docs" } } as never;
  const { signal } = new AbortController();
  await configMapPart({ apply } as KubeClient, bucketAccess(), outputs, found, signal).write();
  return calls;
}

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };

test("configMapPart applies with the UID of the observed ConfigMap, and does not take over a new one", async () => {
  const found = { ...CONFIG_MAP, metadata: { namespace: "team", name: "docs", uid: "uid-1" } };
  expect(await applied(found)).toMatchObject([[{ metadata: { name: "docs", uid: "uid-1" } }, true]]);
});

test("configMapPart does not take over a ConfigMap that was created after the observation", async () => {
  const [[object, force] = []] = await applied(undefined);
  expect(object?.metadata).not.toHaveProperty("uid");
  expect(force).toBe(false);
});
