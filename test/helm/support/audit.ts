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

/** "verb group/resource/subresource": what a rule would have to allow. Undefined for a path that everybody may read. */
export function permissionOf({ verb, objectRef }: AuditEvent): string | undefined {
  if (objectRef === undefined) return undefined;
  const { apiGroup = "", resource, subresource } = objectRef;
  return permission(verb, apiGroup, [resource, subresource].filter(Boolean).join("/"));
}

export function permission(verb: string, group: string, resource: string): string {
  return `${verb} ${group}/${resource}`;
}

export function isDenied({ responseStatus, annotations }: AuditEvent): boolean {
  return responseStatus?.code === 403 || annotations?.["authorization.k8s.io/decision"] === "forbid";
}
