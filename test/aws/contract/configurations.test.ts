/** Intelligent-Tiering, metrics, inventory and analytics configurations: FACTS.md#s3-configurations-by-id. */

import {
  DeleteBucketAnalyticsConfigurationCommand,
  DeleteBucketIntelligentTieringConfigurationCommand,
  DeleteBucketInventoryConfigurationCommand,
  DeleteBucketMetricsConfigurationCommand,
  GetBucketAnalyticsConfigurationCommand,
  GetBucketIntelligentTieringConfigurationCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketMetricsConfigurationCommand,
  HeadBucketCommand,
  ListBucketAnalyticsConfigurationsCommand,
  ListBucketIntelligentTieringConfigurationsCommand,
  ListBucketInventoryConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketAnalyticsConfigurationCommand,
  PutBucketIntelligentTieringConfigurationCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketMetricsConfigurationCommand,
  type AnalyticsConfiguration,
  type IntelligentTieringConfiguration,
  type InventoryConfiguration,
  type MetricsConfiguration,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

interface Page {
  configurations: unknown[] | undefined;
  truncated: boolean | undefined;
  next: string | undefined;
}

/** The calls for one kind of configuration, and a valid configuration. */
interface Kind {
  noun: string;
  valid(Id: string): { Id: string | undefined };
  put(configuration: object, Id: string, bucket?: string): Promise<{ $metadata: { httpStatusCode?: number } }>;
  get(Id: string): Promise<unknown>;
  remove(Id: string): Promise<{ $metadata: { httpStatusCode?: number } }>;
  list(ContinuationToken?: string): Promise<Page>;
}

const destination = { Bucket: "arn:aws:s3:::reports", Format: "CSV" as const, Prefix: "p" };
const token = (ContinuationToken: string | undefined) => (ContinuationToken === undefined ? {} : { ContinuationToken });

const intelligentTiering: Kind = {
  noun: "IntelligentTiering",
  valid: (Id) =>
    ({
      Id,
      Status: "Enabled",
      Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } },
      Tierings: [
        { AccessTier: "ARCHIVE_ACCESS", Days: 90 },
        { AccessTier: "DEEP_ARCHIVE_ACCESS", Days: 180 },
      ],
    }) satisfies IntelligentTieringConfiguration,
  put: (configuration, Id, name = Bucket) => {
    const IntelligentTieringConfiguration = configuration as IntelligentTieringConfiguration;
    const input = { Bucket: name, Id, IntelligentTieringConfiguration };
    return target.s3().send(new PutBucketIntelligentTieringConfigurationCommand(input));
  },
  get: async (Id) =>
    (await target.s3().send(new GetBucketIntelligentTieringConfigurationCommand({ Bucket, Id })))
      .IntelligentTieringConfiguration,
  remove: (Id) => target.s3().send(new DeleteBucketIntelligentTieringConfigurationCommand({ Bucket, Id })),
  list: async (after) => {
    const command = new ListBucketIntelligentTieringConfigurationsCommand({ Bucket, ...token(after) });
    const { IntelligentTieringConfigurationList, IsTruncated, NextContinuationToken } = await target.s3().send(command);
    return {
      configurations: IntelligentTieringConfigurationList,
      truncated: IsTruncated,
      next: NextContinuationToken,
    };
  },
};

const metrics: Kind = {
  noun: "Metrics",
  valid: (Id) => ({ Id, Filter: { Prefix: "logs/" } }) satisfies MetricsConfiguration,
  put: (configuration, Id, name = Bucket) => {
    const input = { Bucket: name, Id, MetricsConfiguration: configuration as MetricsConfiguration };
    return target.s3().send(new PutBucketMetricsConfigurationCommand(input));
  },
  get: async (Id) =>
    (await target.s3().send(new GetBucketMetricsConfigurationCommand({ Bucket, Id }))).MetricsConfiguration,
  remove: (Id) => target.s3().send(new DeleteBucketMetricsConfigurationCommand({ Bucket, Id })),
  list: async (after) => {
    const command = new ListBucketMetricsConfigurationsCommand({ Bucket, ...token(after) });
    const { MetricsConfigurationList, IsTruncated, NextContinuationToken } = await target.s3().send(command);
    return { configurations: MetricsConfigurationList, truncated: IsTruncated, next: NextContinuationToken };
  },
};

const inventory: Kind = {
  noun: "Inventory",
  valid: (Id) =>
    ({
      Id,
      IsEnabled: true,
      Destination: { S3BucketDestination: { ...destination, Encryption: { SSEKMS: { KeyId: "arn:aws:kms:k" } } } },
      Filter: { Prefix: "a/" },
      IncludedObjectVersions: "All",
      OptionalFields: ["Size", "ETag", "LifecycleExpirationDate"],
      Schedule: { Frequency: "Weekly" },
    }) satisfies InventoryConfiguration,
  put: (configuration, Id, name = Bucket) => {
    const input = { Bucket: name, Id, InventoryConfiguration: configuration as InventoryConfiguration };
    return target.s3().send(new PutBucketInventoryConfigurationCommand(input));
  },
  get: async (Id) =>
    (await target.s3().send(new GetBucketInventoryConfigurationCommand({ Bucket, Id }))).InventoryConfiguration,
  remove: (Id) => target.s3().send(new DeleteBucketInventoryConfigurationCommand({ Bucket, Id })),
  list: async (after) => {
    const command = new ListBucketInventoryConfigurationsCommand({ Bucket, ...token(after) });
    const { InventoryConfigurationList, IsTruncated, NextContinuationToken } = await target.s3().send(command);
    return { configurations: InventoryConfigurationList, truncated: IsTruncated, next: NextContinuationToken };
  },
};

const analytics: Kind = {
  noun: "Analytics",
  valid: (Id) =>
    ({
      Id,
      Filter: { Tag: { Key: "k", Value: "v" } },
      StorageClassAnalysis: {
        DataExport: { OutputSchemaVersion: "V_1", Destination: { S3BucketDestination: destination } },
      },
    }) satisfies AnalyticsConfiguration,
  put: (configuration, Id, name = Bucket) => {
    const input = { Bucket: name, Id, AnalyticsConfiguration: configuration as AnalyticsConfiguration };
    return target.s3().send(new PutBucketAnalyticsConfigurationCommand(input));
  },
  get: async (Id) =>
    (await target.s3().send(new GetBucketAnalyticsConfigurationCommand({ Bucket, Id }))).AnalyticsConfiguration,
  remove: (Id) => target.s3().send(new DeleteBucketAnalyticsConfigurationCommand({ Bucket, Id })),
  list: async (after) => {
    const command = new ListBucketAnalyticsConfigurationsCommand({ Bucket, ...token(after) });
    const { AnalyticsConfigurationList, IsTruncated, NextContinuationToken } = await target.s3().send(command);
    return { configurations: AnalyticsConfigurationList, truncated: IsTruncated, next: NextContinuationToken };
  },
};

const KINDS = [intelligentTiering, metrics, inventory, analytics];

describe.each(KINDS)("$noun configurations", (kind) => {
  const absent = { name: "NoSuchConfiguration", $metadata: { httpStatusCode: 404 } };

  // Not against AWS: it checks the destinations of inventory and analytics, which do not exist.
  simulatorTest(`${kind.noun} configurations are written, read, listed by ID and deleted`, async () => {
    await expect(kind.get("a")).rejects.toMatchObject(absent);
    await expect(kind.remove("a")).rejects.toMatchObject(absent);
    expect(await kind.list()).toEqual({ configurations: undefined, truncated: false, next: undefined });
    for (const id of ["z.1", "a"]) {
      expect((await kind.put(kind.valid(id), id)).$metadata.httpStatusCode).toBe(204);
    }
    expect(await kind.get("a")).toEqual(kind.valid("a"));
    expect((await kind.list()).configurations).toEqual([kind.valid("a"), kind.valid("z.1")]);
    for (const id of ["a", "z.1"]) expect((await kind.remove(id)).$metadata.httpStatusCode).toBe(204);
    await expect(kind.get("a")).rejects.toMatchObject(absent);
    await target.s3().send(new HeadBucketCommand({ Bucket }));
  });

  simulatorTest(`reading ${kind.noun} configurations needs s3:Get…, and writing them s3:Put…`, async () => {
    const name = `s3:Put${kind.noun}Configuration`;
    await kind.put(kind.valid("a"), "a");
    await kind.remove("a");
    await kind.list();
    const calls = target.simulator.calls.of(Bucket).slice(-3);
    expect(calls.map(({ operation, action }) => [operation, action])).toEqual([
      [`PutBucket${kind.noun}Configuration`, name],
      [`DeleteBucket${kind.noun}Configuration`, name],
      [`ListBucket${kind.noun}Configurations`, name.replace("Put", "Get")],
    ]);
  });

  simulatorTest(`a bucket has at most 1,000 ${kind.noun} configurations, listed in pages of 100`, async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `id-${String(index).padStart(4, "0")}`);
    await kind.put(kind.valid(ids[0] ?? ""), ids[0] ?? "");
    const bucket = target.simulator.account(target.accountId).buckets.get(Bucket);
    const stores = [bucket?.intelligentTiering, bucket?.metrics, bucket?.inventory, bucket?.analytics];
    const store = stores[KINDS.indexOf(kind)];
    const [first] = store?.values() ?? [];
    for (const id of ids) if (first !== undefined) store?.set(id, first);

    const tooMany = { name: "TooManyConfigurations", $metadata: { httpStatusCode: 400 } };
    await expect(kind.put(kind.valid("more"), "more")).rejects.toMatchObject(tooMany);
    await kind.put(kind.valid("id-0999"), "id-0999");
    let [count, pages, after]: [number, number, string | undefined] = [0, 0, undefined];
    do {
      const page: Page = await kind.list(after);
      [count, pages, after] = [count + (page.configurations?.length ?? 0), pages + 1, page.next];
      expect(page.truncated).toBe(after !== undefined);
    } while (after !== undefined);
    expect([count, pages]).toEqual([1000, 10]);
    store?.clear();
  });

  test(`a ${kind.noun} configuration needs the ID of its document and an existing bucket`, async () => {
    const name = kind === inventory ? "IdMismatch" : "MalformedXML";
    await expect(kind.put(kind.valid("a"), "b")).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    const nowhere = kind.put(kind.valid("a"), "a", target.bucketName());
    await expect(nowhere).rejects.toMatchObject({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } });
  });

  test(`the ID of a ${kind.noun} configuration has at most 64 characters: letters, digits and ._-`, async () => {
    for (const id of ["i".repeat(65), "a/b"]) {
      await expect(kind.put(kind.valid(id), id)).rejects.toMatchObject({ name: "InvalidArgument" });
    }
  });
});

const tierings = (...Tierings: [string, number][]) => ({
  Tierings: Tierings.map(([AccessTier, Days]) => ({ AccessTier, Days })),
});
const to = (fields: object) => ({ Destination: { S3BucketDestination: { ...destination, ...fields } } });

test.for<[Kind, string, string, object]>([
  [intelligentTiering, "MalformedXML", "no tier", tierings()],
  [intelligentTiering, "MalformedXML", "an unknown tier", tierings(["FREQUENT", 90])],
  [intelligentTiering, "InvalidArgument", "archiving after 89 days", tierings(["ARCHIVE_ACCESS", 89])],
  [intelligentTiering, "InvalidArgument", "deep archiving after 179 days", tierings(["DEEP_ARCHIVE_ACCESS", 179])],
  [intelligentTiering, "InvalidArgument", "archiving after 731 days", tierings(["ARCHIVE_ACCESS", 731])],
  [
    intelligentTiering,
    "InvalidArgument",
    "deep archiving before archiving",
    tierings(["ARCHIVE_ACCESS", 300], ["DEEP_ARCHIVE_ACCESS", 200]),
  ],
  [metrics, "MalformedXML", "And with one predicate", { Filter: { And: { Prefix: "a" } } }],
  [inventory, "InvalidS3DestinationBucket", "a bucket name instead of an ARN", to({ Bucket: "reports" })],
  [inventory, "InvalidS3DestinationBucket", "an ARN with an account", to({ Bucket: "arn:aws:s3::123456789012:b" })],
  [inventory, "MalformedXML", "an unknown format", to({ Format: "XLS" })],
  [inventory, "MalformedXML", "an unknown frequency", { Schedule: { Frequency: "Hourly" } }],
  [inventory, "MalformedXML", "an unknown choice of versions", { IncludedObjectVersions: "Some" }],
  [inventory, "MalformedXML", "an unknown field", { OptionalFields: ["Colour"] }],
  [analytics, "MalformedXML", "no analysis", { StorageClassAnalysis: undefined }],
])("%$ refuses with %s: %s", async ([kind, name, , fields]) => {
  const refused = { name, $metadata: { httpStatusCode: 400 } };
  await expect(kind.put({ ...kind.valid("a"), ...fields }, "a")).rejects.toMatchObject(refused);
});
