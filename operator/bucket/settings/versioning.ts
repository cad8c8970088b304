import {
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  type BucketVersioningStatus,
  type MFADeleteStatus,
} from "@aws-sdk/client-s3";
import { compare } from "../../reconcile/change.ts";
import { SettingRefused } from "../failure.ts";
import { defineSetting } from "./setting.ts";

interface Versioning {
  /** Undefined: never enabled. No call can restore this state. */
  status?: BucketVersioningStatus | undefined;
  mfaDelete?: MFADeleteStatus | undefined;
}

/**
 * With MFA delete, only the root user can change versioning: the operator reports it and writes nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
 */
export const versioning = defineSetting<BucketVersioningStatus, Versioning>({
  name: "versioning",
  iamActions: { read: ["s3:GetBucketVersioning"], write: ["s3:PutBucketVersioning"] },

  desired: (spec) => spec.versioning,

  observe: async ({ s3, ref, options }) => {
    const { Status, MFADelete } = await s3.send(new GetBucketVersioningCommand(ref), options);
    return { status: Status, mfaDelete: MFADelete };
  },

  diff: (desired, { status }) => compare("", desired, status),

  write: async ({ s3, ref, options }, desired, { mfaDelete }) => {
    if (mfaDelete === "Enabled") {
      const message =
        "MFA delete is enabled, so that only the account's root user can change versioning, with its MFA device: " +
        "change it as that user, or remove spec.versioning";
      throw new SettingRefused("MFADeleteEnabled", message);
    }
    const VersioningConfiguration = { Status: desired };
    await s3.send(new PutBucketVersioningCommand({ ...ref, VersioningConfiguration }), options);
  },

  reset: ({ status, mfaDelete }) => (status === "Enabled" && mfaDelete !== "Enabled" ? "Suspended" : undefined),

  toSpec: ({ status, mfaDelete }) => ({
    ...(status !== undefined && { spec: { versioning: status } }),
    ...(mfaDelete === "Enabled" && { omitted: ["MFA delete is enabled, which only the root user can change"] }),
  }),

  report: (_desired, { mfaDelete }) => ({ mfaDelete: mfaDelete ?? "Disabled" }),
});
