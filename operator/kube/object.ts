/**
 * Plain shapes of Kubernetes objects and resources, as JSON has them (no class instances, no Dates).
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */

/** metav1.Condition: https://github.com/kubernetes/community/blob/main/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  observedGeneration?: number;
  /** RFC 3339, whole seconds; moves only when `status` does. */
  lastTransitionTime: string;
  /** One CamelCase word of a fixed, documented list. */
  reason: string;
  message: string;
}

export interface ObjectMeta {
  name: string;
  /** Absent on cluster-scoped objects. */
  namespace?: string;
  uid?: string;
  /** Opaque, but for equality. */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** What every one of our kinds has in its status. */
export interface CommonStatus {
  observedGeneration?: number;
  conditions?: Condition[];
}

/** An object whose status the operator writes. */
export interface StatusObject<Status extends CommonStatus = CommonStatus> extends KubeObject {
  status?: Status;
}

/** A kind as the API server serves it. `group` is "" for the core group. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/** Names one object of a known kind; `namespace` is absent for cluster-scoped kinds. */
export interface ObjectKey {
  namespace?: string;
  name: string;
}

/** "namespace/name", or "name": the key by which queue and store know an object. */
export function keyOf(key: ObjectKey): string {
  return key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
}

/** Inverse of {@link keyOf}: neither namespaces nor names may contain a slash. */
export function parseKey(key: string): ObjectKey {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/**
 * Whether resource version `a` is later than `b`. Those of one kind may be compared as integers (KEP-5504); undefined where they are not
 * integers: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function isLater(a: string, b: string): boolean | undefined {
  if (a === b) return false;
  if (!/^[1-9]\d*$/.test(a) || !/^[1-9]\d*$/.test(b)) return undefined;
  return BigInt(a) > BigInt(b);
}

/** metav1.MicroTime: with exactly six digits of a second, or the API server rejects it. `now` is in milliseconds since the epoch. */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace("Z", "000Z");
}
