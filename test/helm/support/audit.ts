/** The requests in the audit log of the API server. */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { filesIn } from "../../controlplane/processes.ts";

/**
 * The fields that the tests read.
 * https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event
 */
export interface AuditEvent {
  stage: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  /** Absent for a path that is not a resource. */
  objectRef?: { apiGroup?: string; resource: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code: number };
  annotations?: Record<string, string>;
}

/** All requests of a ServiceAccount to the control plane of this kubeconfig. */
export async function auditOf(kubeconfigPath: string, namespace: string, name: string): Promise<AuditEvent[]> {
  const text = await readFile(filesIn(dirname(kubeconfigPath)).auditLog, "utf8");
  const events = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as AuditEvent]));
  return events.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:${name}`);
}

/**
 * "verb group/resource/subresource", as a rule must allow it; none for a path that every client may read. An apply that
 * creates the object needs create too:
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#access-control-and-permissions
 */
export function permissionsOf({ verb, objectRef, responseStatus }: AuditEvent): string[] {
  if (objectRef === undefined) return [];
  const { apiGroup = "", resource, subresource } = objectRef;
  const verbs = verb === "patch" && responseStatus?.code === 201 ? [verb, "create"] : [verb];
  return verbs.map((each) => permission(each, apiGroup, [resource, subresource].filter(Boolean).join("/")));
}

export function permission(verb: string, group: string, resource: string): string {
  return `${verb} ${group}/${resource}`;
}

export function isDenied({ responseStatus, annotations }: AuditEvent): boolean {
  return responseStatus?.code === 403 || annotations?.["authorization.k8s.io/decision"] === "forbid";
}
