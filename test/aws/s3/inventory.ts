/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html */

import { AwsError } from "../errors.ts";
import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import { configurationsSubresource } from "./configurations.ts";
import { checkExportDestination } from "./export-destination.ts";
import { malformedXml } from "./route.ts";

const FORMATS = ["CSV", "ORC", "Parquet"];
/** Allowed values of enumerated elements. */
const ALLOWED: Record<string, string[]> = {
  IsEnabled: ["true", "false"],
  IncludedObjectVersions: ["All", "Current"],
  Frequency: ["Daily", "Weekly"],
};
const OPTIONAL_FIELDS = new Set([
  "Size",
  "LastModifiedDate",
  "StorageClass",
  "ETag",
  "IsMultipartUploaded",
  "ReplicationStatus",
  "EncryptionStatus",
  "ObjectLockRetainUntilDate",
  "ObjectLockMode",
  "ObjectLockLegalHoldStatus",
  "ObjectLockEventHoldStatus",
  "ObjectLockEventHoldDuration",
  "IntelligentTieringAccessTier",
  "IntelligentTieringReferenceDate",
  "BucketKeyStatus",
  "ChecksumAlgorithm",
  "ObjectAccessControlList",
  "ObjectOwner",
  "LifecycleExpirationDate",
]);

export const inventory = configurationsSubresource({
  query: "inventory",
  noun: "Inventory",
  listRoot: "ListInventoryConfigurationsResult",
  configurations: (bucket) => bucket.inventory,
  idMismatch: () => {
    const message = "Document ID does not match the specified configuration ID.";
    return new AwsError(400, "IdMismatch", message);
  },
  check: (configuration) => {
    checkAllowed("IsEnabled", textAt(configuration, "IsEnabled"));
    checkAllowed("IncludedObjectVersions", textAt(configuration, "IncludedObjectVersions"));
    checkAllowed("Frequency", textAt(configuration, "Schedule", "Frequency"));
    const fields = child(configuration, "OptionalFields");
    if (fields !== undefined && childrenNamed(fields, "Field").some(({ text }) => !OPTIONAL_FIELDS.has(text))) {
      throw malformedXml();
    }
    const destination = child(child(configuration, "Destination"), "S3BucketDestination");
    checkEncryption(child(destination, "Encryption"));
    checkExportDestination(destination, FORMATS, "AccountId");
  },
});

function checkAllowed(name: string, value: string | undefined): void {
  if (!(ALLOWED[name] ?? []).includes(value ?? "")) throw malformedXml();
}

/** Requires SSE-S3 or SSE-KMS. */
function checkEncryption(encryption: XmlElement | undefined): void {
  if (encryption === undefined) return;
  const [s3, kms] = [child(encryption, "SSE-S3"), child(encryption, "SSE-KMS")];
  if ((s3 === undefined) === (kms === undefined)) throw malformedXml();
  if (kms !== undefined && (textAt(kms, "KeyId") ?? "") === "") throw malformedXml();
}
