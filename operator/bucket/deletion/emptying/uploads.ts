import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import type { BucketClient } from "../../bucket-client.ts";
import { failWith } from "../../../fail-with.ts";
import { decoded } from "./versions.ts";

/** A multipart upload in progress. */
export interface Upload {
  key: string;
  uploadId: string;
}

/** One by one, listed in pages of 1,000: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function* uploadsOf({ s3, ref, options, arn }: BucketClient): AsyncGenerator<Upload, void> {
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (let isLast = false; !isLast;) {
    const command = new ListMultipartUploadsCommand({ ...ref, EncodingType: "url", ...marker });
    const answer = await s3.send(command, options).catch(failWith("s3:ListBucketMultipartUploads", arn));
    isLast = answer.IsTruncated !== true;
    for (const { Key = "", UploadId = "" } of answer.Uploads ?? []) yield { key: decoded(Key), uploadId: UploadId };
    const { NextKeyMarker, NextUploadIdMarker } = answer;
    marker = { KeyMarker: NextKeyMarker && decoded(NextKeyMarker), UploadIdMarker: NextUploadIdMarker };
  }
}

/** Frees its parts; one that was completed or aborted meanwhile is an error: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortUpload({ s3, ref, options }: BucketClient, { key, uploadId }: Upload): Promise<void> {
  await s3.send(new AbortMultipartUploadCommand({ ...ref, Key: key, UploadId: uploadId }), options);
}
