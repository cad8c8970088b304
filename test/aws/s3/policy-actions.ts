/** Validates actions of bucket policies: each must match a resource of its statement. */

import { resourceTypesOf } from "./action-resources.ts";
import { malformedPolicy } from "./route.ts";

const ACTION = /^(\*|s3:[A-Za-z*?]+)$/i;

/**
 * Throws MalformedPolicy for actions that S3 does not have, for bucket actions without a bucket resource, and for
 * object actions without an object resource: FACTS.md#s3-bucket-policies.
 */
export function checkActionsApply(actions: string[], resources: string[]): void {
  const isObject = resources.map((resource) => resource.includes("/"));
  const given = new Set(isObject.map((each) => (each ? "object" : "bucket")));
  for (const action of actions) {
    const types = ACTION.test(action) ? [...resourceTypesOf(action)] : [];
    if (types.length === 0) throw malformedPolicy("Policy has invalid action");
    if (!types.some((type) => type !== "other" && given.has(type))) {
      throw malformedPolicy("Action does not apply to any resource(s) in statement");
    }
  }
}
