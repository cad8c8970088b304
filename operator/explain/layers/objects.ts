import { isPaused } from "../../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import { findCondition } from "../../kube/conditions.ts";
import type { StatusObject } from "../../kube/object.ts";
import { allowed, blocks, type Layer } from "./layer.ts";

const BUCKET_ACCESS = "BucketAccess";
const S3_BUCKET = "S3Bucket";

/** Undefined: the operator has granted nothing, so that AWS is not asked. */
export function recordedIn({ spec, status = {} }: BucketAccess): RecordedAccess | undefined {
  const { bucketName, region, accountId, roles: [role] = [] } = status;
  const roleArn = role?.arn;
  if (bucketName === undefined || region === undefined || accountId === undefined) return undefined;
  if (spec.principals !== undefined) return { bucketName, region, accountId };
  return roleArn === undefined ? undefined : { bucketName, region, accountId, roleArn };
}

/** The access that status records. */
export interface RecordedAccess {
  bucketName: string;
  region: string;
  accountId: string;
  /** Absent with `spec.principals`. */
  roleArn?: string;
}

/** Blocks only if nothing was granted: an access that was granted is judged by what AWS has now, Ready or not. Pure. */
export function accessLayer(access: BucketAccess): Layer {
  const notReady = whyNotReady(access);
  if (recordedIn(access) === undefined)
    return blocks(
      BUCKET_ACCESS,
      `it grants no access at AWS. ${notReady ?? ""}`,
      "follow the message of its condition",
    );
  return stateLayer(BUCKET_ACCESS, access, notReady);
}

/** @param bucket undefined: it does not exist, or the user may not read it */
export function bucketLayer(bucket: S3Bucket | undefined): Layer {
  if (bucket === undefined)
    return allowed(S3_BUCKET, "it does not exist or cannot be read; the other layers show what AWS has now");
  return stateLayer(S3_BUCKET, bucket, whyNotReady(bucket));
}

function stateLayer(name: string, object: StatusObject, notReady: string | undefined): Layer {
  if (isPaused(object)) return allowed(name, `it is paused: ${MAY_DIFFER}`);
  return allowed(name, notReady === undefined ? "it is Ready" : `it is not Ready: ${MAY_DIFFER}. ${notReady}`);
}

const MAY_DIFFER = "AWS may not have its latest spec";

/** Undefined: the object is Ready. */
function whyNotReady({ metadata, status }: StatusObject): string | undefined {
  const ready = findCondition(status, "Ready");
  if (ready === undefined) return "The operator has not reconciled it yet";
  if (ready.observedGeneration !== metadata.generation) return "The operator has not reconciled the latest edit yet";
  return ready.status === "True" ? undefined : `${ready.reason}: ${ready.message}`;
}
