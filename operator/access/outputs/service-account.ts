import { FIELD_MANAGER } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isConflict, unlessNotFound } from "../../kube/errors.ts";
import type { KubeObject, Resource } from "../../kube/object.ts";
import { compare } from "../../reconcile/change.ts";
import { failed, type Failure } from "../../reconcile/outcome.ts";
import type { WritablePart } from "../../reconcile/part.ts";
import type { WorkloadIdentity } from "../policy/model.ts";

export const SERVICE_ACCOUNTS: Resource = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
};

/** https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
export const ROLE_ARN_ANNOTATION = "eks.amazonaws.com/role-arn";

/** With Pod Identity the annotation would make Pods use IRSA. */
export function annotates({ spec }: BucketAccess, identity: WorkloadIdentity["type"]): boolean {
  return spec.annotateServiceAccount === true && identity === "IRSA";
}

export function findServiceAccount(
  client: KubeClient,
  { metadata: { namespace = "" } }: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  return unlessNotFound(client.get(SERVICE_ACCOUNTS, { namespace, name }, { signal }));
}

/** Manages only the annotation of the ServiceAccount. An annotation that another manager set is not overwritten. */
export function serviceAccountPart(
  client: KubeClient,
  object: BucketAccess,
  found: KubeObject,
  roleArn: string,
  signal: AbortSignal,
): WritablePart {
  return {
    name: "serviceAccount",
    desired: [found.metadata.name, roleArn],
    isConsistent: true,
    changes: compare(`annotations[${ROLE_ARN_ANNOTATION}]`, roleArn, found.metadata.annotations?.[ROLE_ARN_ANNOTATION]),
    write: async () => {
      try {
        await applyAnnotations(client, object, found, { [ROLE_ARN_ANNOTATION]: roleArn }, signal);
      } catch (error) {
        throw isConflict(error) ? failed(notOwned(found.metadata.name)) : error;
      }
    },
  };
}

/** Releases the annotation; the value of another manager stays. */
export async function releaseServiceAccount(
  client: KubeClient,
  object: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await findServiceAccount(client, object, name, signal);
  if (found?.metadata.annotations?.[ROLE_ARN_ANNOTATION] === undefined) return;
  await unlessNotFound(applyAnnotations(client, object, found, undefined, signal));
}

/**
 * The uid prevents the creation of a ServiceAccount that was deleted meanwhile. Each BucketAccess is a field manager of
 * its own, so that two do not take the annotation from each other.
 */
async function applyAnnotations(
  client: KubeClient,
  object: BucketAccess,
  { metadata: { namespace = "", name, uid = "" } }: KubeObject,
  annotations: Record<string, string> | undefined,
  signal: AbortSignal,
): Promise<void> {
  // Omit `annotations` to release the field; an empty map would keep us as its owner.
  const metadata = { namespace, name, uid, ...(annotations && { annotations }) };
  const account = { apiVersion: "v1", kind: SERVICE_ACCOUNTS.kind, metadata };
  await client.apply(SERVICE_ACCOUNTS, account, { fieldManager: `${FIELD_MANAGER}-${object.metadata.uid}`, signal });
}

function notOwned(name: string): Failure {
  const message =
    `The annotation '${ROLE_ARN_ANNOTATION}' of ServiceAccount '${name}' is managed by another field manager: ` +
    "remove it there, or remove spec.annotateServiceAccount and set the annotation to the ARN in status.roles yourself";
  return { reason: REASON.serviceAccountNotOwned, message, terminal: true };
}
