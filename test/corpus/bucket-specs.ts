/**
 * Real bucket definitions as specs of S3Buckets: of aws-cloudformation/aws-cloudformation-templates (Apache-2.0),
 * aws-samples/serverless-patterns (MIT-0), serverless/examples (MIT), ministryofjustice/cloud-platform-environments
 * (MIT) and awsdocs/amazon-s3-developer-guide (MIT-0). Names, accounts and hosts are replaced.
 */
import { readFileSync } from "node:fs";
import type { S3BucketSpec } from "../../operator/api/types.ts";

interface Definition {
  /** How often it was seen. */
  times: number;
  spec: S3BucketSpec;
}

export const BUCKET_SPECS = JSON.parse(
  readFileSync(new URL("bucket-specs.json", import.meta.url), "utf8"),
) as readonly Definition[];
