import { PAUSED } from "../../api/names.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import { findCondition } from "../../kube/conditions.ts";
import type { StatusObject } from "../../kube/object.ts";
import { allowed, blocks, type Layer } from "./layer.ts";

const BUCKET_ACCESS = "BucketAccess";
const S3_BUCKET = "S3Bucket";

/** What an access holds according to its status; undefined: nothing to ask AWS about. `roleArn` is absent with principals. */
export function heldBy({ spec, status = {} }: BucketAccess): Held | undefined {
  const { bucketName, region, accountId, roleArn } = status;
  if (bucketName === undefined || region === undefined || accountId === undefined) return undefined;
  if (spec.principals !== undefined) return { bucketName, region, accountId };
  return roleArn === undefined ? undefined : { bucketName, region, accountId, roleArn };
}

export interface Held {
  bucketName: string;
  region: string;
  accountId: string;
  roleArn?: string;
}

/** Whether there is an access at all: one that holds a bucket is judged by what AWS has now, Ready or not. Pure. */
export function accessLayer(access: BucketAccess): Layer {
  const notReady = whyNotReady(access);
  if (heldBy(access) === undefined)
    return blocks(BUCKET_ACCESS, `it holds no access. ${notReady ?? ""}`, "do as its condition says");
  return stateLayer(BUCKET_ACCESS, access, notReady);
}

/** The bucket's own policy and key are this object's. Undefined: not there, or not for the reader's eyes. Pure. */
export function bucketLayer(bucket: S3Bucket | undefined): Layer {
  if (bucket === undefined)
    return allowed(S3_BUCKET, "it is not there, or not to be read; what AWS has now is what counts");
  return stateLayer(S3_BUCKET, bucket, whyNotReady(bucket));
}

function stateLayer(name: string, { metadata }: StatusObject, notReady: string | undefined): Layer {
  if (metadata.annotations?.[PAUSED] === "true") return allowed(name, `it is paused, ${MAY_BE_OLD}`);
  return allowed(name, notReady === undefined ? "it is Ready" : `it is not Ready, ${MAY_BE_OLD}. ${notReady}`);
}

const MAY_BE_OLD = "so that what AWS has now may be older than its spec";

/** Undefined: it is Ready. */
function whyNotReady({ metadata, status }: StatusObject): string | undefined {
  const ready = findCondition(status, "Ready");
  if (ready === undefined) return "The operator has not looked at it yet";
  if (ready.observedGeneration !== metadata.generation) return "The operator has not looked at the latest edit yet";
  return ready.status === "True" ? undefined : `${ready.reason}: ${ready.message}`;
}
