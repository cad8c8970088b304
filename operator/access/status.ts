import { GROUP } from "../api/names.ts";
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

/** Records the bucket and its keys. */
export function noteAccessTarget(status: BucketAccessStatus, { session, bucket }: AccessTarget): void {
  const { name, region, encryption, formerEncryptions } = bucket;
  Object.assign(status, { bucketName: name, region, accountId: session.accountId, endpoint: endpointOf(region) });
  if (encryption === undefined) {
    delete status.kmsKeyArn;
    delete status.encryptionContexts;
  } else {
    Object.assign(status, { kmsKeyArn: encryption.kmsKeyArn, encryptionContexts: [...encryption.contexts] });
  }
  if (formerEncryptions.length === 0) delete status.formerKeys;
  else {
    status.formerKeys = formerEncryptions.map(({ kmsKeyArn, contexts }) => ({
      kmsKeyArn,
      encryptionContexts: [...contexts],
    }));
  }
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

export function recordedRole(status: BucketAccessStatus | undefined): Partial<RoleStatus> {
  return status?.roles?.[0] ?? {};
}

export function noteRole(status: BucketAccessStatus, { arn = "", ...others }: Partial<RoleStatus>): void {
  status.roles = [{ arn, ...others }];
}

/** Records the keys of tags written to the role: desired ones, and former ones that are among the `found` keys. */
export function noteTags(
  status: BucketAccessStatus,
  wanted: Readonly<Record<string, string>>,
  found: readonly string[],
): void {
  const { tagKeys = [], ...role } = recordedRole(status);
  const former = tagKeys.filter((key) => !Object.hasOwn(wanted, key) && found.includes(key));
  const keys = [...Object.keys(wanted).filter((key) => !key.startsWith(`${GROUP}/`)), ...former].sort();
  noteRole(status, { ...role, ...(keys.length > 0 && { tagKeys: keys }) });
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
