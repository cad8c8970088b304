import type {
  DeleteBucketAnalyticsConfigurationCommand,
  DeleteBucketCorsCommand,
  DeleteBucketIntelligentTieringConfigurationCommand,
  DeleteBucketInventoryConfigurationCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketMetricsConfigurationCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteBucketWebsiteCommand,
} from "@aws-sdk/client-s3";
import type { BucketClient } from "../bucket-client.ts";

/** Deletes one document of a bucket's configuration. */
export type DeleteDocument =
  | DeleteBucketAnalyticsConfigurationCommand
  | DeleteBucketCorsCommand
  | DeleteBucketIntelligentTieringConfigurationCommand
  | DeleteBucketInventoryConfigurationCommand
  | DeleteBucketLifecycleCommand
  | DeleteBucketMetricsConfigurationCommand
  | DeleteBucketPolicyCommand
  | DeleteBucketReplicationCommand
  | DeleteBucketWebsiteCommand;

/**
 * Sends the command only if a GET of this reconcile showed the document: `seen` is what is in it, and undefined or empty where there is none. Stores that
 * are not S3 may take the DELETE of a subresource that they do not know for that of the bucket (https://github.com/apache/ozone/pull/11236).
 */
export async function deleteSeen(
  { s3, options }: BucketClient,
  seen: object | undefined,
  command: DeleteDocument,
): Promise<void> {
  if (Object.values(seen ?? {}).some((value) => value !== undefined))
    await s3.send(command as DeleteBucketCorsCommand, options);
}
