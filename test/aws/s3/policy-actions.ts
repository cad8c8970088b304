/** Actions in bucket policies: each must be able to apply to a resource beside it. */

import { malformedPolicy } from "./route.ts";

const ACTION = /^(\*|s3:[A-Za-z*?]+)$/;

/**
 * Throws MalformedPolicy for an action that is not S3's, and when some action names buckets and no bucket is there, or objects and none are.
 * Which actions take objects: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function checkActionsApply(actions: string[], resources: string[]): void {
  if (!actions.every((action) => ACTION.test(action))) throw malformedPolicy("Policy has invalid action");
  const hasBucket = resources.some((resource) => !resource.includes("/"));
  const hasObject = resources.some((resource) => resource.includes("/"));
  const applies = (action: string) => (isObjectAction(action) ? hasObject : hasBucket);
  if (!actions.every((action) => /[*?]/.test(action) || applies(action))) {
    throw malformedPolicy("Action does not apply to any resource(s) in statement");
  }
}

/** By their names: s3:GetObjectTagging and s3:ListMultipartUploadParts do, s3:ListBucketMultipartUploads does not. */
function isObjectAction(action: string): boolean {
  return /Object|MultipartUpload|^s3:Replicate|^s3:BypassGovernanceRetention$/.test(action) && !/Bucket/.test(action);
}
