import { GROUP } from "../api/names.ts";
import type { BucketAccess, BucketAccessStatus } from "../api/types.ts";
import { dnsSuffix } from "../aws/arn.ts";
import { findCondition } from "../kube/conditions.ts";
import { policyBytes, type PolicyDocument } from "../aws/policy/document.ts";
import { type Grantee, summarize } from "./summary.ts";
import type { AccessTarget } from "./target.ts";

/** Found as declared by the last reconcile, and nothing was declared anew since. */
export function wasAsDeclared({ metadata, status }: BucketAccess, declarationHash: string): boolean {
  const ready = findCondition(status, "Ready");
  return (
    ready?.status === "True" &&
    ready.observedGeneration === metadata.generation &&
    status?.declarationHash === declarationHash
  );
}

/** To what the access is. */
export function noteTarget(status: BucketAccessStatus, { session, bucket }: AccessTarget): void {
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

/** What the policy that grants the access says, in words, and how long it is. */
export function notePolicy(
  status: BucketAccessStatus,
  object: BucketAccess,
  grantee: Grantee,
  { bucket }: AccessTarget,
  document: PolicyDocument,
): void {
  status.policy = { bytes: policyBytes(document), summary: summarize(grantee, object.spec.grants, bucket) };
}

/** Which of the account's tags are on the role: those that it is to have, and former ones that are still there. `found`: keys on the role. */
export function noteTags(
  status: BucketAccessStatus,
  wanted: Readonly<Record<string, string>>,
  found: readonly string[],
): void {
  const former = (status.tagKeys ?? []).filter((key) => !Object.hasOwn(wanted, key) && found.includes(key));
  const keys = [...Object.keys(wanted).filter((key) => !key.startsWith(`${GROUP}/`)), ...former].sort();
  if (keys.length === 0) delete status.tagKeys;
  else status.tagKeys = keys;
}

/** Nothing is held any more. */
export function noteNothing(status: BucketAccessStatus): void {
  for (const field of HELD) delete status[field];
}

const HELD = [
  "bucketName",
  "region",
  "accountId",
  "endpoint",
  "kmsKeyArn",
  "encryptionContexts",
  "formerKeys",
  "roleName",
  "roleArn",
  "tagKeys",
  "associationArn",
  "serviceAccountName",
  "configMapName",
  "policy",
  "declarationHash",
] as const satisfies readonly (keyof BucketAccessStatus)[];
