/**
 * Permission of website endpoints: they read objects as an anonymous caller, without TLS.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
 */

import type { AwsRequest } from "../http.ts";
import type { Bucket, ObjectVersion, World } from "../state.ts";
import { bucketAccess } from "./access.ts";
import { existingTags } from "./condition-keys.ts";
import { allowsByAcl } from "./public-acl.ts";
import { accessDenied } from "./route.ts";

/** Throws AccessDenied. Policies are evaluated also while the simulator evaluates none for signed requests. */
export async function requireAnonymousRead(
  world: World,
  bucket: Bucket,
  request: AwsRequest,
  key: string,
  version: ObjectVersion,
): Promise<void> {
  if (version.kmsKeyArn !== undefined) throw accessDenied(); // FACTS.md#s3-website-endpoints
  const { policy, restrictPublicBuckets } = bucketAccess(world, bucket);
  // Imported on demand: the evaluator is large, and most tests do not need it.
  const { denialOf } = await import("../policy/evaluate.ts");
  const question = {
    principal: { type: "Anonymous" } as const,
    action: "s3:GetObject",
    resource: `arn:aws:s3:::${bucket.name}/${key}`,
    resourceAccount: bucket.accountId,
    context: {
      "aws:SecureTransport": "false",
      "aws:PrincipalType": "Anonymous",
      "aws:ResourceAccount": bucket.accountId,
      ...(request.headers["referer"] !== undefined && { "aws:Referer": request.headers["referer"] }),
      ...(request.headers["user-agent"] !== undefined && { "aws:UserAgent": request.headers["user-agent"] }),
      ...existingTags(version),
    },
    restrictPublicBuckets: restrictPublicBuckets === true,
  };
  const none = { identity: [], permissionsBoundary: undefined, session: undefined };
  const denial = await denialOf(question, { ...none, resource: policy });
  if (denial === undefined) return;
  if (denial.startsWith("with an explicit deny") || !allowsByAcl(world, bucket, version)) throw accessDenied();
}
