import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { keyOf, type Condition, type ObjectKey } from "../kube/object.ts";

/** What Prometheus is told about each custom resource. Other folders register their own metrics on the same registry. */
export interface Metrics {
  registry: Registry;
  /** Replaces what was known of the object's conditions. */
  conditions(kind: string, key: ObjectKey, conditions: readonly Pick<Condition, "type" | "status">[]): void;
  /** The object was just found, or made, as declared. */
  synced(kind: string, key: ObjectKey): void;
  /** Somebody changed `setting` at AWS. */
  driftDetected(kind: string, setting: string): void;
  /** So many versions and delete markers were deleted to empty buckets. */
  objectsDeleted(count: number): void;
  /** The object is gone, and its series with it. */
  remove(kind: string, key: ObjectKey): void;
}

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "s3_operator_build_info",
    help: "Always 1; the labels say what is running.",
    labelNames: ["version", "node_version"],
    registers,
  }).set({ version, node_version: process.version }, 1);
  const condition = new Gauge({
    name: "s3_operator_resource_condition",
    help: "1 for each condition that a resource has, by its present status (True, False or Unknown).",
    labelNames: ["kind", "namespace", "name", "type", "status"],
    registers,
  });
  const drift = new Counter({
    name: "s3_operator_drift_detected_total",
    help: "Settings found to be changed at AWS since they were last as declared.",
    labelNames: ["kind", "setting"],
    registers,
  });
  const lastSync = new Gauge({
    name: "s3_operator_last_sync_timestamp_seconds",
    help: "When a resource was last read back from AWS and found as declared, in seconds since the epoch.",
    labelNames: ["kind", "namespace", "name"],
    registers,
  });
  const deletedObjects = new Counter({
    name: "s3_operator_deleted_objects_total",
    help: "Object versions and delete markers that the operator deleted to empty buckets.",
    registers,
  });
  // The labels of each object's condition series, without which they could not be taken away again.
  const present = new Map<string, Record<string, string>[]>();

  const setConditions: Metrics["conditions"] = (kind, key, conditions) => {
    const id = `${kind}/${keyOf(key)}`;
    for (const labels of present.get(id) ?? []) condition.remove(labels);
    const series = conditions.map(({ type, status }) => ({ ...labelsOf(kind, key), type, status }));
    for (const labels of series) condition.set(labels, 1);
    if (series.length === 0) present.delete(id);
    else present.set(id, series);
  };

  return {
    registry,
    conditions: setConditions,
    synced: (kind, key) => lastSync.setToCurrentTime(labelsOf(kind, key)),
    driftDetected: (kind, setting) => drift.inc({ kind, setting }),
    objectsDeleted: (count) => deletedObjects.inc(count),
    remove: (kind, key) => {
      setConditions(kind, key, []);
      lastSync.remove(labelsOf(kind, key));
    },
  };
}

/** Namespace is "" for cluster-scoped kinds. */
function labelsOf(kind: string, { namespace = "", name }: ObjectKey) {
  return { kind, namespace, name };
}
