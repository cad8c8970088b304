import { GROUP } from "../api/names.ts";
import type { RoleOwner } from "../api/ownership.ts";
import type { BucketAccess, BucketAccessStatus, RoleStatus } from "../api/types.ts";
import { dnsSuffix } from "../aws/arn.ts";
import { policyBytes, type PolicyDocument } from "../aws/policy/document.ts";
import { findCondition } from "../kube/conditions.ts";
import { summarize, type Grantee } from "./summary.ts";
import type { AccessTarget } from "./target.ts";

/** The last reconcile found everything as declared, and the declaration has not changed since. */
export function wasAsDeclared({ metadata, status }: BucketAccess, declarationHash: string): boolean {
  const ready = findCondition(status, "Ready");
  return (
    ready?.status === "True" &&
    ready.observedGeneration === metadata.generation &&
    status?.declarationHash === declarationHash
  );
}

/** Records the bucket and its key. */
export function noteAccessTarget(status: BucketAccessStatus, { session, bucket }: AccessTarget): void {
  const { name, region, encryption } = bucket;
  Object.assign(status, { bucketName: name, region, accountId: session.accountId, endpoint: endpointOf(region) });
  if (encryption === undefined) delete status.kmsKeyArn;
  else status.kmsKeyArn = encryption.kmsKeyArn;
}

/** Records what the access may do with the bucket's keys. */
export function noteKeys(
  status: BucketAccessStatus,
  { encryption, formerEncryptions }: Pick<AccessTarget["bucket"], "encryption" | "formerEncryptions">,
): void {
  if (encryption === undefined) delete status.encryptionContexts;
  else status.encryptionContexts = [...encryption.contexts];
  delete status.formerKeys;
  if (formerEncryptions.length === 0) return;
  status.formerKeys = formerEncryptions.map(({ kmsKeyArn, contexts }) => ({
    kmsKeyArn,
    encryptionContexts: [...contexts],
  }));
}

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
export function endpointOf(region: string): string {
  return `s3.${region}.${dnsSuffix(region)}`;
}

/** Records in words what the policy grants, and its size. */
export function notePolicy(
  status: BucketAccessStatus,
  object: BucketAccess,
  grantee: Grantee,
  { bucket }: AccessTarget,
  document: PolicyDocument,
): void {
  status.policy = { bytes: policyBytes(document), summary: summarize(grantee, object.spec.grants, bucket) };
}

/** What status has of an owner's role: a hint, since users may write status. */
export function recordedRole(status: BucketAccessStatus | undefined, owner: RoleSubject): Partial<RoleStatus> {
  return status?.roles?.find(({ serviceAccount }) => serviceAccount === subjectOf(owner)) ?? {};
}

type RoleSubject = Pick<RoleOwner, "kind" | "name">;

function subjectOf({ kind, name }: RoleSubject): string | undefined {
  return kind === "ServiceAccount" ? name : undefined;
}

/** Changes what status has of an owner's role. Undefined removes a field. */
export function noteRole(
  status: BucketAccessStatus,
  owner: RoleSubject,
  fields: { [field in keyof RoleStatus]?: RoleStatus[field] | undefined },
): void {
  const serviceAccount = subjectOf(owner);
  const others = status.roles?.filter((role) => role.serviceAccount !== serviceAccount) ?? [];
  const noted = { serviceAccount, arn: "", ...recordedRole(status, owner), ...fields };
  const entries = Object.entries(noted).filter(([, value]) => value !== undefined);
  status.roles = [...others, Object.fromEntries(entries) as unknown as RoleStatus];
}

/** Keeps what status has of these owners' roles, in their order. */
export function keepRoles(status: BucketAccessStatus, owners: readonly RoleSubject[]): void {
  const kept = owners.map((owner) => recordedRole(status, owner)).filter(({ arn }) => arn !== undefined);
  status.roles = kept as RoleStatus[];
}

/** Records the keys of tags written to the role: desired ones, and former ones that are among the `found` keys. */
export function noteTags(
  status: BucketAccessStatus,
  owner: RoleSubject,
  wanted: Readonly<Record<string, string>>,
  found: readonly string[],
): void {
  const { tagKeys = [] } = recordedRole(status, owner);
  const former = tagKeys.filter((key) => !Object.hasOwn(wanted, key) && found.includes(key));
  const keys = [...Object.keys(wanted).filter((key) => !key.startsWith(`${GROUP}/`)), ...former].sort();
  noteRole(status, owner, { tagKeys: keys.length > 0 ? keys : undefined });
}

/** What stays in status when everything that was granted is revoked. */
const KEPT: ReadonlySet<string> = new Set<keyof BucketAccessStatus>([
  "conditions",
  "drift",
  "observedGeneration",
  "reconcileRequestedAt",
]);

export function noteRevoked(status: BucketAccessStatus): void {
  for (const field of Object.keys(status)) if (!KEPT.has(field)) delete status[field as keyof BucketAccessStatus];
}
