import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import { compare } from "../../reconcile/change.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isConflict } from "../../kube/errors.ts";
import type { KubeObject, Resource } from "../../kube/object.ts";
import type { Failure } from "../../kube/outcome.ts";
import { failed } from "../../reconcile/outcome.ts";
import type { WorkloadIdentity } from "../policy/model.ts";
import type { WritablePart } from "../../reconcile/part.ts";
import { FIELD_MANAGER, unlessNotFound } from "./apply.ts";

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

/** The annotation, and nothing else of the ServiceAccount, which is its users'. One that somebody else set is not overwritten. */
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

/** Gives the annotation up; what others put there stays. */
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

/** With its uid: a ServiceAccount that has gone meanwhile must not be made by this. A field manager for each object: two of them must not take the annotation from each other. */
async function applyAnnotations(
  client: KubeClient,
  object: BucketAccess,
  { metadata: { namespace = "", name, uid = "" } }: KubeObject,
  annotations: Record<string, string> | undefined,
  signal: AbortSignal,
): Promise<void> {
  // No map at all to give it up: by an empty one we would own the map, and whoever comes next would be in conflict with us.
  const metadata = { namespace, name, uid, ...(annotations && { annotations }) };
  const account = { apiVersion: "v1", kind: SERVICE_ACCOUNTS.kind, metadata };
  await client.apply(SERVICE_ACCOUNTS, account, { fieldManager: `${FIELD_MANAGER}-${object.metadata.uid}`, signal });
}

function notOwned(name: string): Failure {
  const message =
    `The annotation '${ROLE_ARN_ANNOTATION}' of ServiceAccount '${name}' is somebody else's: ` +
    "have it removed there, or remove spec.annotateServiceAccount and set it to status.roleArn yourself";
  return { reason: REASON.serviceAccountNotOwned, message, terminal: true };
}
