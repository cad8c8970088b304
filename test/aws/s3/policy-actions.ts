/** Validates actions of bucket policies: each must match a resource of its statement. */

import { malformedPolicy } from "./route.ts";

const ACTION = /^(\*|s3:[A-Za-z*?]+)$/;

/**
 * Throws MalformedPolicy for actions of other services, for bucket actions without a bucket resource, and for object
 * actions without an object resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
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

/**
 * Decides by name: true for s3:GetObjectTagging and s3:ListMultipartUploadParts, false for
 * s3:ListBucketMultipartUploads.
 */
function isObjectAction(action: string): boolean {
  return /Object|MultipartUpload|^s3:Replicate|^s3:BypassGovernanceRetention$/.test(action) && !/Bucket/.test(action);
}
