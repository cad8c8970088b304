import { API_VERSION, FIELD_MANAGER } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isNotFound, unlessNotFound } from "../../kube/errors.ts";
import type { KubeObject, Resource } from "../../kube/object.ts";
import { compare } from "../../reconcile/change.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { WritablePart } from "../../reconcile/part.ts";

export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

interface ConfigMap extends KubeObject {
  metadata: KubeObject["metadata"] & { ownerReferences?: { uid: string; controller?: boolean }[] };
  data?: Record<string, string>;
}

/** Data of the ConfigMap, for `envFrom`. */
export type ConfigData = Readonly<Record<string, string>>;

/** The ConfigMap with what Pods need to know about the bucket. */
export interface Outputs {
  configMapName: string;
  data: ConfigData;
}

/** Keys that not every access has. */
const OPTIONAL_KEYS = new Set(["ROLE_ARN", "KMS_KEY_ARN"]);

export function findConfigMap(
  client: KubeClient,
  { metadata: { namespace = "" } }: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<ConfigMap | undefined> {
  return unlessNotFound(client.get<ConfigMap>(CONFIG_MAPS, { namespace, name }, { signal }));
}

/** Owned by the BucketAccess and garbage-collected with it. Labels and keys that other users add stay. */
export function configMapPart(
  client: KubeClient,
  object: BucketAccess,
  { configMapName: name, data }: Outputs,
  found: ConfigMap | undefined,
  signal: AbortSignal,
): WritablePart {
  const keys = [...new Set([...Object.keys(data), ...ownKeys(found)])].sort();
  const blocked = found !== undefined && !isOurs(found, object) ? notOwned(name) : undefined;
  return {
    name: "configMap",
    desired: [name, data],
    isConsistent: true,
    changes: keys.flatMap((key) => compare(`data[${key}]`, data[key], found?.data?.[key])),
    ...(blocked && { blocked }),
    write: async () => {
      const { namespace = "" } = object.metadata;
      const { uid } = found?.metadata ?? {};
      const map = {
        apiVersion: "v1",
        kind: CONFIG_MAPS.kind,
        metadata: { namespace, name, ...(uid && { uid }), ownerReferences: [ownerReference(object)] },
        data,
      };
      // The uid, or for a new one no force, protects a ConfigMap that another client created meanwhile.
      await client.apply(CONFIG_MAPS, map, { fieldManager: FIELD_MANAGER, force: found !== undefined, signal });
    },
  };
}

/** Deletes the ConfigMap, if it is the object's. */
export async function removeConfigMap(
  client: KubeClient,
  object: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await findConfigMap(client, object, name, signal);
  if (found === undefined || !isOurs(found, object)) return;
  const { uid } = found.metadata;
  try {
    await client.delete(CONFIG_MAPS, found.metadata, { signal, ...(uid !== undefined && { uid }) });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Optional keys that the ConfigMap has. */
function ownKeys(found: ConfigMap | undefined): string[] {
  return Object.keys(found?.data ?? {}).filter((key) => OPTIONAL_KEYS.has(key));
}

function isOurs({ metadata }: ConfigMap, object: BucketAccess): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === object.metadata.uid,
  );
}

function ownerReference({ kind, metadata: { name, uid } }: BucketAccess): object {
  return { apiVersion: API_VERSION, kind, name, uid, controller: true };
}

function notOwned(name: string): Failure {
  const message = `ConfigMap '${name}' is not this object's, so that it is left alone: delete it, or set spec.configMap.name to another name`;
  return { reason: REASON.configMapNotOwned, message, terminal: true };
}
