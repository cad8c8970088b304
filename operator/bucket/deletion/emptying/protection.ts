import { GetObjectLegalHoldCommand, GetObjectRetentionCommand } from "@aws-sdk/client-s3";
import type { AwsErrorKind } from "../../../aws/error-codes.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { shownKey, type Version } from "./versions.ts";

type VersionId = Pick<Version, "key" | "versionId">;

/** How object lock protects a version: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export type Protection =
  | { kind: "None" }
  | { kind: "LegalHold" }
  | {
      kind: "Retention";
      /** GOVERNANCE or COMPLIANCE. */
      mode: string;
      until: Date;
    };

/** `now` in milliseconds since the epoch. */
export async function protectionOf(
  bucket: BucketClient,
  { key, versionId }: VersionId,
  now: number,
): Promise<Protection> {
  const { s3, ref, options } = bucket;
  const version = { ...ref, Key: key, VersionId: versionId };
  const [retention, hold] = await Promise.all([
    unlessNone(bucket, "s3:GetObjectRetention", s3.send(new GetObjectRetentionCommand(version), options)),
    unlessNone(bucket, "s3:GetObjectLegalHold", s3.send(new GetObjectLegalHoldCommand(version), options)),
  ]);
  if (hold?.LegalHold?.Status === "ON") return { kind: "LegalHold" };
  const { Mode: mode = "", RetainUntilDate: until } = retention?.Retention ?? {};
  return until !== undefined && until.getTime() > now ? { kind: "Retention", mode, until } : { kind: "None" };
}

/** S3's answers without protection: no lock on the version, a delete marker or bucket without locks, no support. */
const NONE: ReadonlySet<AwsErrorKind | undefined> = new Set(["NotFound", "Invalid", "Unsupported"]);

async function unlessNone<T>({ arn }: BucketClient, action: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    return NONE.has(awsErrorKind(error)) ? undefined : throwFailure(action, `${arn}/*`)(error);
  }
}

/** What protects a version, until when, and which permission can lift it. Without a full stop. */
export function describeProtection({ key, versionId }: VersionId, protection: Protection): string {
  const version = `Version ${versionId} of object ${shownKey(key)}`;
  switch (protection.kind) {
    case "None":
      return `${version} is not protected`;
    case "LegalHold":
      return `${version} is on legal hold until a user with s3:PutObjectLegalHold releases it`;
    case "Retention": {
      const who =
        protection.mode === "GOVERNANCE"
          ? "The operator does not bypass it; a user with s3:BypassGovernanceRetention can"
          : "No user can delete it earlier";
      return `${version} is protected by object lock in mode ${protection.mode} until ${protection.until.toISOString()}. ${who}`;
    }
  }
}
