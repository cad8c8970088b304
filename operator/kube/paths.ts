/** URLs of the Kubernetes API: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */

import { KubeError } from "./errors.ts";
import type { ObjectKey, Resource } from "./object.ts";

/** The path of a collection. Without a namespace: of all namespaces, or of a cluster-scoped kind. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const api = resource.group === "" ? "/api" : `/apis/${segment(resource.group)}`;
  const scope = namespace === undefined ? "" : `/namespaces/${segment(namespace)}`;
  return `${api}/${segment(resource.version)}${scope}/${segment(resource.plural)}`;
}

/**
 * The path of an object, or of its `subresource`.
 * @throws KubeError 400 for an invalid key.
 */
export function objectPath(resource: Resource, key: ObjectKey, subresource?: string): string {
  if (resource.namespaced !== (key.namespace !== undefined)) {
    const need = resource.namespaced ? "needs a" : "has no";
    throw new KubeError("path", 400, "BadRequest", `${resource.kind} ${need} namespace`);
  }
  const object = `${collectionPath(resource, key.namespace)}/${segment(key.name)}`;
  return subresource === undefined ? object : `${object}/${segment(subresource)}`;
}

/** Tenants choose names: "/", "%" or ".." would address another object. As apimachinery's IsValidPathSegmentName. */
function segment(name: string): string {
  if (name === "" || name === "." || name === ".." || /[/%]/.test(name)) {
    throw new KubeError("path", 400, "BadRequest", "the name cannot be part of a path");
  }
  return encodeURIComponent(name);
}
