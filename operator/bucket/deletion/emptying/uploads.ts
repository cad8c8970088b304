import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { keyReader } from "./encoding.ts";

/** A multipart upload in progress. */
export interface Upload {
  key: string;
  uploadId: string;
}

/** Pages of 1,000: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function* uploadsOf({ s3, ref, options, arn }: BucketClient): AsyncGenerator<Upload, void> {
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (let isLast = false; !isLast;) {
    const command = new ListMultipartUploadsCommand({ ...ref, EncodingType: "url", ...marker });
    const answer = await s3.send(command, options).catch(throwFailure("s3:ListBucketMultipartUploads", arn));
    const { Uploads = [], NextKeyMarker, NextUploadIdMarker } = answer;
    const read = keyReader(answer);
    // An empty, truncated answer would loop forever.
    isLast = answer.IsTruncated !== true || Uploads.length === 0;
    for (const { Key = "", UploadId = "" } of Uploads) yield { key: read(Key), uploadId: UploadId };
    marker = { KeyMarker: NextKeyMarker && read(NextKeyMarker), UploadIdMarker: NextUploadIdMarker };
  }
}

/** Fails with NotFound if the upload was completed or aborted in the meantime. */
export async function abortUpload({ s3, ref, options }: BucketClient, { key, uploadId }: Upload): Promise<void> {
  await s3.send(new AbortMultipartUploadCommand({ ...ref, Key: key, UploadId: uploadId }), options);
}
