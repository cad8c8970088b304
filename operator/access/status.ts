import type { BucketAccess, BucketAccessStatus } from "../api/types.ts";
import { dnsSuffix } from "../aws/arn.ts";
import { findCondition } from "../kube/conditions.ts";
import { policyBytes, type PolicyDocument } from "../bucket/policy/document.ts";
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
  const { name, region, encryption } = bucket;
  Object.assign(status, { bucketName: name, region, accountId: session.accountId, endpoint: endpointOf(region) });
  if (encryption === undefined) {
    delete status.kmsKeyArn;
    delete status.encryptionContexts;
  } else {
    Object.assign(status, { kmsKeyArn: encryption.kmsKeyArn, encryptionContexts: [...encryption.contexts] });
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
  "roleName",
  "roleArn",
  "associationArn",
  "serviceAccountName",
  "configMapName",
  "policy",
  "declarationHash",
] as const satisfies readonly (keyof BucketAccessStatus)[];
