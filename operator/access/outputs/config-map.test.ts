import { expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/object.ts";
import { bucketAccess } from "../testing/objects.ts";
import { configMapPart } from "./config-map.ts";

/** What is applied, and whether by force. */
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

const key = { apiVersion: "v1", kind: "ConfigMap" };

test("names the ConfigMap that was looked at, so that another one made under its name is not taken over", async () => {
  const found = { ...key, metadata: { namespace: "team", name: "docs", uid: "uid-1" } };
  expect(await applied(found)).toMatchObject([[{ metadata: { name: "docs", uid: "uid-1" } }, true]]);
});

test("where there was none, one that was made meanwhile is left alone", async () => {
  const [[object, force] = []] = await applied(undefined);
  expect(object?.metadata).not.toHaveProperty("uid");
  expect(force).toBe(false);
});
