import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type DeleteMarkerEntry,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
} from "@aws-sdk/client-s3";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { keyReader } from "./encoding.ts";

/** A version, or a delete marker. */
export interface Version {
  key: string;
  /** "null" if it was written while the bucket was not versioned. */
  versionId: string;
  /** Milliseconds since the epoch. */
  lastModified: number;
  isDeleteMarker: boolean;
}

/** At most 1,000, in S3's order. */
export interface VersionPage {
  versions: Version[];
  isLast: boolean;
}

/** The result of one deletion. */
export interface Deletion {
  version: Version;
  /** Why S3 refused it: an SDK error, or one of the same shape. */
  error?: unknown;
}

/** Lists all versions, page by page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export async function* versionPages({ s3, ref, options, arn }: BucketClient): AsyncGenerator<VersionPage, void> {
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (let isLast = false; !isLast;) {
    // Keys may have characters that XML cannot express, so they are encoded.
    const command = new ListObjectVersionsCommand({ ...ref, EncodingType: "url", ...marker });
    const answer = await s3.send(command, options).catch(throwFailure("s3:ListBucketVersions", arn));
    isLast = answer.IsTruncated !== true;
    yield { versions: versionsOf(answer), isLast };
    const { NextKeyMarker, NextVersionIdMarker } = answer;
    marker = { KeyMarker: NextKeyMarker && keyReader(answer)(NextKeyMarker), VersionIdMarker: NextVersionIdMarker };
  }
}

function versionsOf(answer: ListObjectVersionsCommandOutput): Version[] {
  const { Versions = [], DeleteMarkers = [] } = answer;
  const read = keyReader(answer);
  return [
    ...Versions.map((listed) => ({ ...versionOf(listed, read), isDeleteMarker: false })),
    ...DeleteMarkers.map((listed) => ({ ...versionOf(listed, read), isDeleteMarker: true })),
  ];
}

function versionOf(
  { Key = "", VersionId = "null", LastModified }: ObjectVersion | DeleteMarkerEntry,
  read: (key: string) => string,
) {
  return { key: read(Key), versionId: VersionId, lastModified: LastModified?.getTime() ?? 0 };
}

const MAX_SHOWN = 200;

/** A key for messages: quoted and truncated. */
export function shownKey(key: string): string {
  return JSON.stringify(key.length <= MAX_SHOWN ? key : `${key.slice(0, MAX_SHOWN - 1)}…`);
}

/** One call for all keys that XML can express, and one for each other key. Throws if S3 refuses a whole call. */
export async function deleteVersions(bucket: BucketClient, versions: readonly Version[]): Promise<Deletion[]> {
  const inXml = versions.filter(({ key }) => !NOT_IN_XML.test(key));
  const others = versions.filter(({ key }) => NOT_IN_XML.test(key));
  return [
    ...(inXml.length === 0 ? [] : await deleteTogether(bucket, inXml)),
    ...(await Promise.all(others.map((version) => deleteOne(bucket, version)))),
  ];
}

/** https://www.w3.org/TR/xml/#charsets */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
async function deleteTogether({ s3, ref, options }: BucketClient, versions: readonly Version[]): Promise<Deletion[]> {
  const Objects = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  const { Errors = [] } = await s3.send(
    new DeleteObjectsCommand({ ...ref, Delete: { Objects, Quiet: true } }),
    options,
  );
  const errors = new Map(
    Errors.map(({ Key, VersionId, Code = "Unknown", Message = Code }) => [
      idOf(Key, VersionId),
      keyError(Code, Message),
    ]),
  );
  return versions.map((version) => ({ version, error: errors.get(idOf(version.key, version.versionId)) }));
}

async function deleteOne({ s3, ref, options }: BucketClient, version: Version): Promise<Deletion> {
  const { key: Key, versionId: VersionId } = version;
  try {
    await s3.send(new DeleteObjectCommand({ ...ref, Key, VersionId }), options);
    return { version };
  } catch (error) {
    options.abortSignal.throwIfAborted();
    return { version, error };
  }
}

function idOf(key: string | undefined, versionId: string | undefined): string {
  return `${versionId ?? ""}/${key ?? ""}`;
}

/** In the shape of an SDK error, for aws/errors.ts. */
function keyError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: code, $metadata: {} });
}
