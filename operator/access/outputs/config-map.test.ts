import { describe, expect, test } from "vitest";
import { FIELD_MANAGER } from "../../api/names.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/object.ts";
import { bucketAccess } from "../testing/objects.ts";
import { configMapPart, removeConfigMap } from "./config-map.ts";

const { signal } = new AbortController();
const OUTPUTS = { configMapName: "docs", data: { BUCKET_NAME: "docs" }, labels: {}, annotations: {} };
const MARK = { "s3-operator.io/bucket-access": "reader" };

interface Owner {
  uid: string;
  name?: string;
  kind?: string;
  apiVersion?: string;
}

interface Found {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  data?: Record<string, string>;
  owner?: Owner;
  immutable?: boolean;
  applied?: object;
}

function configMap({ annotations, labels, data = OUTPUTS.data, owner, immutable, applied }: Found = {}): KubeObject {
  const ownerReferences = owner && [{ apiVersion: "s3-operator.io/v1alpha1", controller: true, ...owner }];
  const managedFields = applied && [{ manager: FIELD_MANAGER, operation: "Apply", fieldsV1: applied }];
  const metadata = {
    namespace: "team",
    name: "docs",
    uid: "uid-map",
    annotations,
    labels,
    ownerReferences,
    managedFields,
  };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data, immutable } as unknown as KubeObject;
}

const OWNED: Found = { annotations: MARK, owner: { uid: "uid-1" } };

function part(found: Found | undefined, outputs = OUTPUTS, client: Partial<KubeClient> = {}) {
  return configMapPart(client as KubeClient, bucketAccess(), outputs, found && configMap(found), signal);
}

/** Writes the part; returns the objects that are applied, each with its `force`. */
async function applied(found: Found | undefined, outputs = OUTPUTS) {
  const calls: [KubeObject, boolean | undefined][] = [];
  const apply: KubeClient["apply"] = async (_resource, object, { force }) => {
    calls.push([object, force]);
    return object as never;
  };
  await part(found, outputs, { apply }).write();
  return calls;
}

describe("configMapPart", () => {
  test("applies with the UID of the observed ConfigMap, and marks it as the object's", async () => {
    const metadata = { name: "docs", uid: "uid-map", annotations: MARK, ownerReferences: [{ uid: "uid-1" }] };
    expect(await applied(OWNED)).toMatchObject([[{ metadata }, true]]);
  });

  test("does not take over a ConfigMap that was created after the observation", async () => {
    const [[object, force] = []] = await applied(undefined);
    expect(object?.metadata).not.toHaveProperty("uid");
    expect(force).toBe(false);
  });

  test("applies labels and annotations, and no empty map of labels", async () => {
    const declared = { ...OUTPUTS, labels: { app: "shop" }, annotations: { note: "x" } };
    const [[object] = []] = await applied(OWNED, declared);
    expect(object?.metadata).toMatchObject({ labels: { app: "shop" }, annotations: { note: "x", ...MARK } });
    expect((await applied(OWNED))[0]?.[0].metadata).not.toHaveProperty("labels");
  });

  test("has no changes for a ConfigMap as declared, with what others added", () => {
    const found = { ...OWNED, data: { ...OUTPUTS.data, MORE: "theirs" }, labels: { team: "theirs" } };
    expect(part(found).changes).toEqual([]);
  });

  test("removes what the operator wrote and the spec no longer declares", () => {
    const ours = {
      "f:data": { "f:OLD": {} },
      "f:metadata": { "f:labels": { "f:app": {} }, "f:annotations": { "f:n": {} } },
    };
    const found = {
      ...OWNED,
      data: { ...OUTPUTS.data, OLD: "x" },
      labels: { app: "shop", team: "theirs" },
      annotations: { ...MARK, n: "x" },
      applied: ours,
    };
    expect(part(found).changes.map(({ path }) => path)).toEqual(["data[OLD]", "labels[app]", "annotations[n]"]);
  });

  test.each<[string, Found, boolean]>([
    ["its own by the UID", OWNED, true],
    ["one from before the annotation", { owner: { uid: "uid-1" } }, true],
    ["one that a backup restored, without owner references", { annotations: MARK }, true],
    [
      "one of an earlier BucketAccess of the name",
      { owner: { uid: "old", kind: "BucketAccess", name: "reader" } },
      true,
    ],
    ["one without any mark", {}, false],
    ["one of another BucketAccess", { annotations: { "s3-operator.io/bucket-access": "other" } }, false],
    [
      "one of another controller, whatever its annotation",
      { annotations: MARK, owner: { uid: "x", kind: "App", name: "reader" } },
      false,
    ],
    [
      "one of another group's BucketAccess",
      { owner: { uid: "x", kind: "BucketAccess", name: "reader", apiVersion: "example.com/v1" } },
      false,
    ],
  ])("%s may be written: %s", async (_case, found, isOurs) => {
    expect(part(found).blocked?.reason).toBe(isOurs ? undefined : "ConfigMapNotOwned");
    const deleted: unknown[] = [];
    const client = {
      get: () => Promise.resolve(configMap(found)),
      delete: (...call: unknown[]) => Promise.resolve(void deleted.push(call[2])),
    } as unknown as KubeClient;
    await removeConfigMap(client, bucketAccess(), "docs", signal);
    expect(deleted).toEqual(isOurs ? [{ signal, uid: "uid-map" }] : []);
  });

  test("makes the object the owner of a restored ConfigMap", () => {
    expect(part({ annotations: MARK }).changes).toMatchObject([{ path: "ownerReferences", desired: "uid-1" }]);
  });

  test("says what to do about an immutable ConfigMap only while its data must change", () => {
    const found = { ...OWNED, immutable: true };
    expect(part(found).blocked).toBeUndefined();
    const blocked = part({ ...found, data: { BUCKET_NAME: "old" } }).blocked;
    expect(blocked?.reason).toBe("ConfigMapImmutable");
    expect(blocked?.message).toContain("data[BUCKET_NAME] must change: delete it");
  });
});
