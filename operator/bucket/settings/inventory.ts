import {
  DeleteBucketInventoryConfigurationCommand,
  ListBucketInventoryConfigurationsCommand,
  PutBucketInventoryConfigurationCommand,
  type InventoryConfiguration,
  type InventoryEncryption,
  type InventoryS3BucketDestination,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { accountAsk, destinationAsk, optionalAccountAsk } from "./asks.ts";
import { defineConfigurations } from "./configurations.ts";
import { fromS3, pathsBelow, toS3 } from "./field-names.ts";
import { distinct, stated } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["inventory"]>["configurations"][number];

const DESTINATION = ["bucket", "accountId", "prefix", "format"] as const;

const FIELDS = [
  "IsEnabled",
  "IncludedObjectVersions",
  "Schedule.Frequency",
  "Filter.Prefix",
  "OptionalFields",
  ...pathsBelow("Destination.S3BucketDestination", DESTINATION),
  ...["SSES3", "SSEKMS.KeyId"].map((field) => `Destination.S3BucketDestination.Encryption.${field}`),
];

function toConfiguration(spec: Spec): InventoryConfiguration {
  const { id, isEnabled = true, includedObjectVersions, frequency, filter, optionalFields, destination } = spec;
  return {
    Id: id,
    IsEnabled: isEnabled,
    IncludedObjectVersions: includedObjectVersions,
    Schedule: { Frequency: frequency },
    Filter: filter?.prefix ? { Prefix: filter.prefix } : undefined,
    OptionalFields: optionalFields,
    Destination: {
      S3BucketDestination: {
        ...toS3(destination, DESTINATION),
        Encryption: toEncryption(destination.encryption),
      },
    },
  };
}

/** S3 has an element for each algorithm. */
function toEncryption(spec: Spec["destination"]["encryption"]): InventoryEncryption | undefined {
  if (spec === undefined) return undefined;
  return spec.sseAlgorithm === "AES256" ? { SSES3: {} } : { SSEKMS: { KeyId: spec.kmsKeyArn } };
}

function canonicalEncryption({ SSES3, SSEKMS }: InventoryEncryption = {}): string | undefined {
  if (SSEKMS !== undefined) return `aws:kms ${SSEKMS.KeyId}`;
  return SSES3 === undefined ? undefined : "AES256";
}

/** The order of `OptionalFields` does not count. */
function canonical(configuration: InventoryConfiguration): Record<string, unknown> {
  const { IsEnabled, IncludedObjectVersions, Schedule, Filter, OptionalFields = [], Destination } = configuration;
  const { S3BucketDestination } = Destination ?? {};
  return {
    isEnabled: IsEnabled,
    includedObjectVersions: IncludedObjectVersions,
    frequency: Schedule?.Frequency,
    prefix: Filter?.Prefix || undefined,
    optionalFields: OptionalFields.toSorted(),
    destination: { ...fromS3(S3BucketDestination, DESTINATION), prefix: S3BucketDestination?.Prefix || undefined },
    encryption: canonicalEncryption(S3BucketDestination?.Encryption),
  };
}

function toSpec(configuration: InventoryConfiguration): Spec {
  const { Id = "", IsEnabled, IncludedObjectVersions = "All", Schedule, Filter, OptionalFields } = configuration;
  return stated<Spec>({
    id: Id,
    isEnabled: IsEnabled === false ? false : undefined,
    includedObjectVersions: IncludedObjectVersions,
    frequency: Schedule?.Frequency ?? "Daily",
    filter: Filter?.Prefix ? { prefix: Filter.Prefix } : undefined,
    optionalFields: distinct(OptionalFields),
    destination: toDestination(configuration.Destination?.S3BucketDestination),
  });
}

function toDestination(destination: Partial<InventoryS3BucketDestination> = {}): Spec["destination"] {
  const { Bucket = "", AccountId, Prefix, Format = "CSV", Encryption } = destination;
  return stated<Spec["destination"]>({
    bucket: Bucket,
    accountId: AccountId,
    prefix: Prefix || undefined,
    format: Format,
    encryption: Encryption && toEncryptionSpec(Encryption),
  });
}

function toEncryptionSpec({ SSEKMS }: InventoryEncryption): Spec["destination"]["encryption"] {
  return SSEKMS === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsKeyArn: SSEKMS.KeyId ?? "" };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html */
export const inventory = defineConfigurations<InventoryConfiguration, Spec>({
  name: "inventory",
  iamActions: { read: ["s3:GetInventoryConfiguration"], write: ["s3:PutInventoryConfiguration"] },

  declared: ({ inventory }) => inventory?.configurations,

  toConfiguration,

  canonical,

  fields: FIELDS,

  toSpec,

  list: async ({ s3, ref, options }, ContinuationToken) => {
    const command = new ListBucketInventoryConfigurationsCommand({ ...ref, ContinuationToken });
    const { InventoryConfigurationList, NextContinuationToken } = await s3.send(command, options);
    return { configurations: InventoryConfigurationList, next: NextContinuationToken };
  },

  put: ({ s3, ref, options }, Id, InventoryConfiguration) =>
    s3.send(new PutBucketInventoryConfigurationCommand({ ...ref, Id, InventoryConfiguration }), options),

  removal: (target) => new DeleteBucketInventoryConfigurationCommand(target),

  asks: ({ id, destination }) => {
    const field = `spec.inventory.configurations[${id}].destination`;
    return [
      accountAsk(`${field}.accountId`, destination.accountId),
      destinationAsk(`${field}.bucket`, destination.bucket, destination.accountId),
      ...optionalAccountAsk(`${field}.encryption.kmsKeyArn`, destination.encryption?.kmsKeyArn),
    ];
  },
});
