import { collectDefaultMetrics, Registry } from "prom-client";
import { createInstruments } from "../kube/metrics.ts";
import { keyOf, type ObjectKey, type StatusObject } from "../kube/object.ts";

/** The metrics of custom resources. Other folders register theirs with the same registry. */
export interface Metrics {
  registry: Registry;
  /** Replaces the series of the object by those of its present status. */
  observed(object: StatusObject): void;
  /** The resources of the object at AWS now equal its spec. */
  synced(kind: string, key: ObjectKey): void;
  /** `setting` was changed at AWS. */
  driftDetected(kind: string, setting: string): void;
  /** `count` versions and delete markers were deleted to empty a bucket. */
  objectsDeleted(count: number): void;
  /** A sweep revoked a role, policy or association that no BucketAccess asked for. */
  accessRevoked(kind: string): void;
  /** Removes the series of an object that is gone. */
  remove(kind: string, key: ObjectKey): void;
}

const OBJECT_LABELS = ["kind", "namespace", "name"] as const;

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const { counter, gauge } = createInstruments(registry);
  collectDefaultMetrics({ register: registry });
  const build = gauge(
    "s3_operator_build_info",
    "Always 1; the labels have the versions of the operator and of Node.js.",
    ["version", "node_version"],
  );
  build.set({ version, node_version: process.version }, 1);
  const condition = gauge(
    "s3_operator_resource_condition",
    "1 for each condition of a resource, by its present status (True, False or Unknown) and reason.",
    [...OBJECT_LABELS, "type", "status", "reason"],
  );
  const deletion = gauge(
    "s3_operator_resource_deletion_timestamp_seconds",
    "Deletion time of a resource that is being deleted, in seconds since the epoch.",
    OBJECT_LABELS,
  );
  const drift = counter(
    "s3_operator_drift_detected_total",
    "Settings that were changed at AWS after they were equal to the spec.",
    ["kind", "setting"],
  );
  const lastSync = gauge(
    "s3_operator_last_sync_timestamp_seconds",
    "Time at which a resource was last read from AWS and was equal to its spec, in seconds since the epoch.",
    OBJECT_LABELS,
  );
  const deletedObjects = counter(
    "s3_operator_deleted_objects_total",
    "Object versions and delete markers that the operator deleted to empty buckets.",
    [],
  );
  const revokedAccess = counter(
    "s3_operator_revoked_access_total",
    "Roles, policies and associations at AWS that the operator deleted because no BucketAccess asks for them.",
    ["resource"],
  );
  // Present from the start, so that a rate shows the first one.
  for (const resource of ["role", "policy", "association"]) revokedAccess.inc({ resource }, 0);
  /** The labels of each object's condition series, to remove them later. Has no entry for an object that is gone. */
  const present = new Map<string, Record<string, string>[]>();

  const removeConditions = (id: string) => present.get(id)?.forEach((labels) => condition.remove(labels));

  return {
    registry,
    observed: ({ kind, metadata, status }) => {
      const id = idOf(kind, metadata);
      const object = labelsOf(kind, metadata);
      removeConditions(id);
      const conditions = status?.conditions ?? [];
      const series = conditions.map(({ type, status: value, reason }) => ({ ...object, type, status: value, reason }));
      for (const labels of series) condition.set(labels, 1);
      present.set(id, series);
      const { deletionTimestamp } = metadata;
      if (deletionTimestamp !== undefined) deletion.set(object, Date.parse(deletionTimestamp) / 1000);
    },
    synced: (kind, key) => {
      // A reconcile may end after its object is gone.
      if (present.has(idOf(kind, key))) lastSync.setToCurrentTime(labelsOf(kind, key));
    },
    driftDetected: (kind, setting) => drift.inc({ kind, setting }),
    objectsDeleted: (count) => deletedObjects.inc(count),
    accessRevoked: (resource) => revokedAccess.inc({ resource }),
    remove: (kind, key) => {
      const id = idOf(kind, key);
      removeConditions(id);
      present.delete(id);
      for (const gauge of [deletion, lastSync]) gauge.remove(labelsOf(kind, key));
    },
  };
}

const idOf = (kind: string, key: ObjectKey) => `${kind}/${keyOf(key)}`;

/** `namespace` is "" for cluster-scoped kinds. */
function labelsOf(kind: string, { namespace = "", name }: ObjectKey) {
  return { kind, namespace, name };
}
