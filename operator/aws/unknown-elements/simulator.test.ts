import {
  GetBucketLifecycleConfigurationCommand,
  ListBucketInventoryConfigurationsCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSimulator, type Account, type Simulator } from "../../../test/aws/index.ts";
import { child, element, textAt, type XmlElement } from "../../../test/aws/xml.ts";
import { createAws, type Aws } from "../session.ts";

/* The whole way over HTTP, with documents in which S3 has elements that the SDK has not heard of. */

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
const UNKNOWN = element("NewerThanTheSdk", [element("Deep", ` a & <b> "c" 'd' \r größer `), element("Empty")]);

let simulator: Simulator;
let account: Account;
let aws: Aws;
let s3: S3Client;

beforeAll(async () => {
  simulator = await startSimulator();
  account = simulator.account(ACCOUNT);
  vi.stubEnv("AWS_ENDPOINT_URL", simulator.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", account.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", account.credentials.secretAccessKey);
  aws = createAws({ registry: new Registry(), forcePathStyle: true, userAgent: "s3-operator" });
  s3 = (await aws.session({ accountId: ACCOUNT, region: REGION })).s3(REGION);
});

afterAll(async () => {
  aws.destroy();
  vi.unstubAllEnvs();
  await simulator.stop();
});

function addUnknown(...parents: (XmlElement | undefined)[]): void {
  for (const parent of parents) parent?.children.push(UNKNOWN);
}

const unknownIn = (parent: XmlElement | undefined) => parent?.children.filter(({ name }) => name === UNKNOWN.name);

test("a lifecycle configuration keeps unknown elements in place", async () => {
  const Bucket = "lifecycle";
  const bucket = account.createBucket(Bucket, REGION);
  const rule = (ID: string, Days: number) =>
    ({ ID, Status: "Enabled", Filter: { Prefix: `${ID}/` }, Expiration: { Days } }) as const;
  const put = (Rules: ReturnType<typeof rule>[]) =>
    s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  const stored = () => bucket.lifecycle?.document;
  const ruleOf = (id: string) => stored()?.children.find((inner) => textAt(inner, "ID") === id);

  await put([rule("a", 1), rule("b", 2)]);
  addUnknown(stored(), ruleOf("a"), child(ruleOf("a"), "Expiration"), ruleOf("b"));
  await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  await put([rule("c", 4), rule("a", 3)]);

  expect(unknownIn(stored())).toEqual([UNKNOWN]);
  expect(textAt(ruleOf("a"), "Expiration", "Days")).toBe("3");
  expect(unknownIn(ruleOf("a"))).toEqual([UNKNOWN]);
  expect(unknownIn(child(ruleOf("a"), "Expiration"))).toEqual([UNKNOWN]);
  expect(ruleOf("b")).toBeUndefined();
  expect(unknownIn(ruleOf("c"))).toEqual([]);
});

test("an inventory configuration from a list keeps unknown elements", async () => {
  const Bucket = "inventory";
  const bucket = account.createBucket(Bucket, REGION);
  const put = (Frequency: "Daily" | "Weekly") =>
    s3.send(
      new PutBucketInventoryConfigurationCommand({
        Bucket,
        Id: "all",
        InventoryConfiguration: {
          Id: "all",
          IsEnabled: true,
          IncludedObjectVersions: "All",
          Schedule: { Frequency },
          Destination: { S3BucketDestination: { Bucket: `arn:aws:s3:::${Bucket}`, Format: "CSV" } },
        },
      }),
    );
  const stored = () => bucket.inventory.get("all");

  await put("Daily");
  addUnknown(stored(), child(stored(), "Schedule"));
  await s3.send(new ListBucketInventoryConfigurationsCommand({ Bucket }));
  await put("Weekly");

  expect(textAt(stored(), "Schedule", "Frequency")).toBe("Weekly");
  expect(unknownIn(stored())).toEqual([UNKNOWN]);
  expect(unknownIn(child(stored(), "Schedule"))).toEqual([UNKNOWN]);
});
