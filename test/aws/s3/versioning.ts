/** Versioning: FACTS.md#s3-versioning. */

import { AwsError } from "../errors.ts";
import type { Bucket } from "../state.ts";
import { element, textAt } from "../xml.ts";
import {
  accessDenied,
  configurationReply,
  invalidBucketState,
  malformedXml,
  requestDocument,
  type Subresource,
} from "./route.ts";

export const versioning: Subresource = {
  name: "versioning",
  level: "bucket",
  query: "versioning",
  methods: {
    GET: {
      operation: "GetBucketVersioning",
      action: "s3:GetBucketVersioning",
      write: false,
      handle: (bucket, exchange) => configurationReply(exchange, versioningDocument(bucket)),
    },
    PUT: {
      operation: "PutBucketVersioning",
      action: "s3:PutBucketVersioning",
      write: true,
      handle: (bucket, { request }) => {
        const document = requestDocument(request, "VersioningConfiguration");
        if (textAt(document, "MfaDelete") !== undefined) throw mfaRequired();
        refuseForMfa(bucket);
        bucket.versioning = allowedStatus(textAt(document, "Status"), bucket);
        return { status: 200 };
      },
    },
  },
};

/**
 * With MFA delete, only the root user with an MFA device may do this. The simulator has no root user:
 * FACTS.md#s3-versioning.
 */
export function refuseForMfa({ mfaDelete }: Bucket): void {
  if (mfaDelete) throw mfaRequired();
}

function mfaRequired(): AwsError {
  return accessDenied("Mfa Authentication must be present for this request");
}

function versioningDocument({ versioning, mfaDelete }: Bucket) {
  return element("VersioningConfiguration", [
    versioning && element("Status", versioning),
    mfaDelete ? element("MfaDelete", "Enabled") : undefined,
  ]);
}

function allowedStatus(status: string | undefined, { objectLock, replication }: Bucket): "Enabled" | "Suspended" {
  if (status === undefined) {
    const message = "The Versioning element must be specified";
    throw new AwsError(400, "IllegalVersioningConfigurationException", message);
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  if (status === "Suspended" && objectLock !== undefined) {
    throw invalidBucketState(
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    );
  }
  if (status === "Suspended" && replication !== undefined) {
    throw invalidBucketState(
      "A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.",
    );
  }
  return status;
}
