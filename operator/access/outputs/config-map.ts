import { API_VERSION, BUCKET_ACCESS, FIELD_MANAGER, GROUP } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isNotFound, unlessNotFound } from "../../kube/errors.ts";
import { appliedKeys } from "../../kube/managed-fields.ts";
import type { KubeObject, Resource } from "../../kube/object.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { WritablePart } from "../../reconcile/part.ts";

export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

interface OwnerReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  uid: string;
  controller?: boolean;
}

interface ConfigMap extends KubeObject {
  metadata: KubeObject["metadata"] & { ownerReferences?: OwnerReference[] };
  data?: Record<string, string>;
  immutable?: boolean;
}

/** Data of the ConfigMap, for `envFrom`. */
export type ConfigData = Readonly<Record<string, string>>;

/** The ConfigMap with what Pods need to know about the bucket. */
export interface Outputs {
  configMapName: string;
  data: ConfigData;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

export function findConfigMap(
  client: KubeClient,
  { metadata: { namespace = "" } }: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<ConfigMap | undefined> {
  return unlessNotFound(client.get<ConfigMap>(CONFIG_MAPS, { namespace, name }, { signal }));
}

/** Owned by the BucketAccess and garbage-collected with it. What other clients add to the ConfigMap stays. */
export function configMapPart(
  client: KubeClient,
  object: BucketAccess,
  { configMapName: name, data, labels, annotations: declared }: Outputs,
  found: ConfigMap | undefined,
  signal: AbortSignal,
): WritablePart {
  const annotations = { ...declared, [BUCKET_ACCESS]: object.metadata.name };
  const inData = changesOf("data", data, found?.data, found && appliedKeys(found, FIELD_MANAGER, "data"));
  const inMetadata = [
    ...changesIn("labels", labels, found),
    ...changesIn("annotations", annotations, found),
    ...compare("ownerReferences", object.metadata.uid, found && controllerOf(found)?.uid),
  ];
  const blocked = found && blockedBy(found, object, inData);
  return {
    name: "configMap",
    desired: [name, data, labels, declared],
    isConsistent: true,
    changes: [...inData, ...inMetadata],
    ...(blocked && { blocked }),
    write: async () => {
      const { namespace = "" } = object.metadata;
      const { uid } = found?.metadata ?? {};
      const metadata = {
        namespace,
        name,
        ...(uid && { uid }),
        // An empty map would make the operator the owner of all labels.
        ...(Object.keys(labels).length > 0 && { labels }),
        annotations,
        ownerReferences: [ownerReference(object)],
      };
      const map = { apiVersion: "v1", kind: CONFIG_MAPS.kind, metadata, data };
      // The uid, or for a new one no force, protects a ConfigMap that another client created meanwhile.
      await client.apply(CONFIG_MAPS, map, { fieldManager: FIELD_MANAGER, force: found !== undefined, signal });
    },
  };
}

function changesIn(field: "labels" | "annotations", desired: ConfigData, found: ConfigMap | undefined): Change[] {
  return changesOf(
    field,
    desired,
    found?.metadata[field],
    found && appliedKeys(found, FIELD_MANAGER, "metadata", field),
  );
}

/** @param applied keys that the operator wrote: those that are no longer desired are to go */
function changesOf(
  path: string,
  desired: ConfigData,
  found: ConfigData = {},
  applied: readonly string[] = [],
): Change[] {
  const keys = [...new Set([...Object.keys(desired), ...applied])].sort();
  return keys.flatMap((key) => compare(`${path}[${key}]`, desired[key], found[key]));
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

/**
 * By its controller, or without one by the annotation, which a restore from a backup keeps. Only a user who may change
 * the ConfigMap can set the annotation: that user gains its deletion, and nothing in other namespaces.
 */
function isOurs(found: ConfigMap, { kind, metadata: { name, uid } }: BucketAccess): boolean {
  const controller = controllerOf(found);
  if (controller === undefined) return found.metadata.annotations?.[BUCKET_ACCESS] === name;
  // A BucketAccess that was deleted and created again has another uid.
  return controller.uid === uid || (controller.kind === kind && isOfGroup(controller) && controller.name === name);
}

function isOfGroup({ apiVersion = "" }: OwnerReference): boolean {
  return apiVersion.startsWith(`${GROUP}/`);
}

function controllerOf({ metadata: { ownerReferences = [] } }: ConfigMap): OwnerReference | undefined {
  return ownerReferences.find(({ controller }) => controller === true);
}

function ownerReference({ kind, metadata: { name, uid } }: BucketAccess): object {
  return { apiVersion: API_VERSION, kind, name, uid, controller: true };
}

/** Why the operator cannot make the ConfigMap as declared. */
function blockedBy(found: ConfigMap, object: BucketAccess, inData: readonly Change[]): Failure | undefined {
  const { name } = found.metadata;
  if (!isOurs(found, object)) return notOwned(name);
  if (found.immutable !== true || inData.length === 0) return undefined;
  const paths = inData.map(({ path }) => path).join(", ");
  const message = `ConfigMap '${name}' is immutable, and ${paths} must change: delete it, then the operator creates it again`;
  return { reason: REASON.configMapImmutable, message, terminal: true };
}

function notOwned(name: string): Failure {
  const message = `ConfigMap '${name}' is not this object's, so that it is left alone: delete it, or set spec.configMap.name to another name`;
  return { reason: REASON.configMapNotOwned, message, terminal: true };
}
