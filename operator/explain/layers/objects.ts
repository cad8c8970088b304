import { isPaused } from "../../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import { findCondition } from "../../kube/conditions.ts";
import type { StatusObject } from "../../kube/object.ts";
import { allowed, blocks, type Layer } from "./layer.ts";

const BUCKET_ACCESS = "BucketAccess";
const S3_BUCKET = "S3Bucket";

/** An access that was granted is judged by what AWS has now, Ready or not. Pure. */
export function accessLayer(access: BucketAccess): Layer {
  return stateLayer(BUCKET_ACCESS, access, whyNotReady(access));
}

/** Says why the operator has granted nothing yet, as far as status records. Pure. */
export function notGrantedLayer(access: BucketAccess): Layer {
  const detail = `it grants no access at AWS. ${whyNotReady(access) ?? ""}`;
  return blocks(BUCKET_ACCESS, detail, "follow the message of its condition");
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
