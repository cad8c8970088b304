import { ANNOTATED_ROLE_ARN, FIELD_MANAGER } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isConflict, unlessNotFound } from "../../kube/errors.ts";
import { appliersOf } from "../../kube/managed-fields.ts";
import type { KubeObject, Resource } from "../../kube/object.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { hexHash } from "../../reconcile/fingerprint.ts";
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

/**
 * Manages only the annotation of the ServiceAccount, together with other BucketAccesses of it. An annotation that
 * another client set is not overwritten.
 */
export function serviceAccountPart(
  client: KubeClient,
  object: BucketAccess,
  found: KubeObject,
  roleArn: string,
  signal: AbortSignal,
): WritablePart {
  const { name } = found.metadata;
  const isOne = (object.spec.serviceAccountRefs ?? []).length < 2;
  return {
    name: isOne ? "serviceAccount" : `serviceAccount[${name}]`,
    desired: [name, roleArn],
    isConsistent: true,
    changes: changesOf(found, object, roleArn),
    write: async () => {
      const annotations = { [ROLE_ARN_ANNOTATION]: roleArn, [ANNOTATED_ROLE_ARN]: roleArn };
      // Other BucketAccesses of the ServiceAccount own the annotation too.
      const force = isOurs(found);
      try {
        await applyAnnotations(client, object, found, annotations, { signal, force });
      } catch (error) {
        throw isConflict(error) && !force ? failed(notOwned(name)) : error;
      }
    },
  };
}

/** The right value is enough if another client set it: the operator does not become a second owner. */
function changesOf(found: KubeObject, object: BucketAccess, roleArn: string): Change[] {
  const { annotations = {} } = found.metadata;
  const path = `annotations[${ROLE_ARN_ANNOTATION}]`;
  const inValue = compare(path, roleArn, annotations[ROLE_ARN_ANNOTATION]);
  if (inValue.length > 0 || !isOurs(found)) return inValue;
  const manager = managerOf(object);
  const isApplied = annotationAppliers(found).includes(manager);
  return [
    ...compare(`annotations[${ANNOTATED_ROLE_ARN}]`, roleArn, annotations[ANNOTATED_ROLE_ARN]),
    ...compare(`${path}.fieldManager`, manager, isApplied ? manager : undefined),
  ];
}

/**
 * Whether the operator set the annotation's present value: by its field managers, or after a restore from a backup,
 * which keeps no field managers, by the second annotation.
 */
function isOurs(found: KubeObject): boolean {
  const { annotations = {} } = found.metadata;
  const value = annotations[ROLE_ARN_ANNOTATION];
  if (value === undefined) return false;
  return (
    value === annotations[ANNOTATED_ROLE_ARN] ||
    annotationAppliers(found).some((name) => name.startsWith(FIELD_MANAGER))
  );
}

function annotationAppliers(found: KubeObject): string[] {
  return appliersOf(found, "metadata", "annotations", ROLE_ARN_ANNOTATION);
}

/** Releases the annotation. It stays while another BucketAccess owns it, or if another client set its value. */
export async function releaseServiceAccount(
  client: KubeClient,
  object: BucketAccess,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await findServiceAccount(client, object, name, signal);
  const { annotations = {} } = found?.metadata ?? {};
  if (found === undefined || (annotations[ROLE_ARN_ANNOTATION] ?? annotations[ANNOTATED_ROLE_ARN]) === undefined)
    return;
  const left = await unlessNotFound(applyAnnotations(client, object, found, undefined, { signal, force: false }));
  if (left === undefined || !isOurs(found) || isWanted(left)) return;
  await removeAnnotations(client, left, signal);
}

/** Another BucketAccess owns the annotation. */
function isWanted(found: KubeObject): boolean {
  return annotationAppliers(found).some((name) => name.startsWith(MANAGER_PREFIX));
}

/** Removes what a tool that restored the ServiceAccount owns as well. */
async function removeAnnotations(client: KubeClient, left: KubeObject, signal: AbortSignal): Promise<void> {
  const { annotations = {}, uid, resourceVersion } = left.metadata;
  if (annotations[ROLE_ARN_ANNOTATION] === undefined) return;
  const nothing = { [ROLE_ARN_ANNOTATION]: null, [ANNOTATED_ROLE_ARN]: null };
  const patch = { metadata: { uid, resourceVersion, annotations: nothing } };
  await unlessNotFound(client.mergePatch(SERVICE_ACCOUNTS, left.metadata, patch, { signal }));
}

const MANAGER_PREFIX = `${FIELD_MANAGER}-access-`;

/** Each BucketAccess is a field manager of its own. By its name, which a restore from a backup keeps. */
function managerOf({ metadata: { name } }: BucketAccess): string {
  return `${MANAGER_PREFIX}${hexHash(name, 12)}`;
}

/**
 * The uid prevents the creation of a ServiceAccount that was deleted meanwhile. With `force`, another write since the
 * observation is a conflict.
 */
function applyAnnotations(
  client: KubeClient,
  object: BucketAccess,
  { metadata: { namespace = "", name, uid = "", resourceVersion } }: KubeObject,
  annotations: Record<string, string> | undefined,
  { signal, force }: { signal: AbortSignal; force: boolean },
): Promise<KubeObject> {
  // Omit `annotations` to release the fields; an empty map would keep us as its owner.
  const metadata = {
    namespace,
    name,
    uid,
    ...(force && resourceVersion !== undefined && { resourceVersion }),
    ...(annotations && { annotations }),
  };
  const account = { apiVersion: "v1", kind: SERVICE_ACCOUNTS.kind, metadata };
  return client.apply(SERVICE_ACCOUNTS, account, { fieldManager: managerOf(object), force, signal });
}

function notOwned(name: string): Failure {
  const message =
    `The annotation '${ROLE_ARN_ANNOTATION}' of ServiceAccount '${name}' is managed by another field manager: ` +
    "remove it there, or remove spec.annotateServiceAccount and set the annotation to the ARN in status.roles yourself";
  return { reason: REASON.serviceAccountNotOwned, message, terminal: true };
}
