/** What the API server was asked, by its own audit log. */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { filesIn } from "../../controlplane/processes.ts";

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event, as far as the tests look at it. */
export interface AuditEvent {
  stage: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  /** Absent for a path that is no resource's. */
  objectRef?: { apiGroup?: string; resource: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code: number };
  annotations?: Record<string, string>;
}

/** Everything that a ServiceAccount has asked of the control plane that this kubeconfig leads to. */
export async function auditOf(kubeconfigPath: string, namespace: string, name: string): Promise<AuditEvent[]> {
  const text = await readFile(filesIn(dirname(kubeconfigPath)).auditLog, "utf8");
  const events = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as AuditEvent]));
  return events.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:${name}`);
}

/**
 * "verb group/resource/subresource": what rules would have to allow; nothing for a path that everybody may read. An apply that makes the object
 * needs create besides: https://kubernetes.io/docs/reference/using-api/server-side-apply/#access-control-and-permissions
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
