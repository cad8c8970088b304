/**
 * Kubernetes objects as plain JSON, without class instances or Dates.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */

/** https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Condition */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  observedGeneration?: number;
  /** RFC 3339, whole seconds. Changes only with `status`. */
  lastTransitionTime: string;
  /** One CamelCase word of a closed, documented list. */
  reason: string;
  message: string;
}

export interface ObjectMeta {
  name: string;
  /** Absent on cluster-scoped objects. */
  namespace?: string;
  uid?: string;
  /** To be compared with {@link isLater}. */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Which client owns which fields: managed-fields.ts. */
  managedFields?: ManagedFields[];
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface ManagedFields {
  manager?: string;
  operation?: "Apply" | "Update";
  fieldsV1?: FieldSet;
}

/** The fields by name, each with the prefix "f:". */
export interface FieldSet {
  [field: string]: FieldSet;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** The common fields of all the operator's kinds. */
export interface CommonStatus {
  observedGeneration?: number;
  conditions?: Condition[];
}

export interface StatusObject<Status extends CommonStatus = CommonStatus> extends KubeObject {
  status?: Status;
}

/** A kind in the API. `group` is "" for the core group. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `namespace` is absent for cluster-scoped kinds. */
export interface ObjectKey {
  namespace?: string;
  name: string;
}

/** "namespace/name", or "name" for cluster-scoped kinds: the key in queues and stores. */
export function keyOf(key: ObjectKey): string {
  return key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
}

/** Inverse of {@link keyOf}. Names cannot contain a slash. */
export function parseKey(key: string): ObjectKey {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/**
 * Whether resource version `a` is later than `b`, both of the same kind. Undefined if they are not integers (KEP-5504):
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function isLater(a: string, b: string): boolean | undefined {
  if (a === b) return false;
  if (!/^[1-9]\d*$/.test(a) || !/^[1-9]\d*$/.test(b)) return undefined;
  return BigInt(a) > BigInt(b);
}

/** metav1.MicroTime: the API server requires six digits of a second. `now` is in milliseconds since the epoch. */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace("Z", "000Z");
}
