import { describe, expect, test } from "vitest";
import { ownershipTags } from "../api/ownership.ts";
import type { AWSAccountSpec, S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import type { Aws, Identity } from "../aws/session.ts";
import { tagList } from "./tag-list.ts";
import { resolveTarget } from "./target.ts";
import { fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { awsAccount, OWNER, s3Bucket, target, verifiedBucket, verifiedBuckets } from "./testing/fixtures.ts";
import { thrownOutcome } from "./testing/thrown.ts";
import type { VerifiedBucket } from "./verified.ts";

interface Case {
  spec?: S3BucketSpec;
  status?: S3BucketStatus;
  account?: Partial<AWSAccountSpec>;
  /** What the process has verified. */
  known?: Partial<VerifiedBucket>;
  /** The owner in the tags of each bucket, or the error of the call that reads them. */
  tags?: Record<string, string | Error>;
  /** The region of all buckets; undefined: the one of the call. */
  region?: string;
}

const { signal } = new AbortController();

function resolve({ spec = {}, status, account = {}, known, tags = {}, region }: Case, identities: Identity[] = []) {
  const { bucket, calls } = fakeBucket(({ command, input }) => {
    const seen = tags[String(input["Bucket"] ?? input["ResourceArn"]).replace("arn:aws:s3:::", "")];
    if (seen instanceof Error) throw seen;
    if (seen === undefined) throw sdkError(command === "HeadBucketCommand" ? "NotFound" : "NoSuchBucket", 404);
    if (command === "HeadBucketCommand") return { BucketRegion: region };
    return { Tags: tagList(ownershipTags({ ...OWNER, name: seen }, "Created")) };
  });
  const session: Aws["session"] = async (identity) => {
    identities.push(identity);
    return { ...target().session, s3: () => bucket.s3, s3Control: () => bucket.s3Control };
  };
  const directory = { accounts: () => [awsAccount({ default: true, ...account })], namespace: () => undefined };
  const object = s3Bucket(spec, { status });
  const verified = verifiedBuckets(...(known === undefined ? [] : [[object, verifiedBucket(known)] as const]));
  const dependencies = { aws: { session } as Aws, directory, verified, cluster: "prod" };
  return resolveTarget(dependencies, object, signal).then((found) => ({ ...found, calls }));
}

const FORMER = { bucketName: "former", region: "us-west-2" };
const DENIED = sdkError("AccessDenied", 403);

describe("resolveTarget", () => {
  const template = { naming: { template: "acme-{namespace}-{name}" } };

  test.each<[string, Case, string, string]>([
    ["the account's naming template and region", { account: template }, "acme-team-docs", "eu-central-1"],
    [
      "the spec's name and region",
      { spec: { bucketName: "mine", region: "us-west-2" }, account: template },
      "mine",
      "us-west-2",
    ],
    [
      "name and region that were verified, when the account has changed since",
      { known: { name: "former", region: "us-west-2" }, account: template },
      "former",
      "us-west-2",
    ],
    [
      "name and region in status, when the bucket there has the owner's tags",
      { status: FORMER, account: template, tags: { former: "docs" } },
      "former",
      "us-west-2",
    ],
    [
      "the account's when the bucket in status has another owner",
      { status: FORMER, account: template, tags: { former: "others" } },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when the bucket in status does not exist",
      { status: FORMER, account: template },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when AWS denies the bucket in status, and that of the account has the owner's tags",
      { status: FORMER, account: template, tags: { former: DENIED, "acme-team-docs": "docs" } },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when the bucket in status is in another region",
      { status: FORMER, account: template, tags: { former: "docs" }, region: "eu-west-1" },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when the region in status is none",
      { status: { bucketName: "former", region: "x.example.com/" }, account: template, tags: { former: "docs" } },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when the name in status is none",
      { status: { ...FORMER, bucketName: "../former" }, account: template, tags: { "../former": "docs" } },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the account's when the verified bucket is of another account",
      { known: { name: "former", accountId: "999988887777" }, account: template },
      "acme-team-docs",
      "eu-central-1",
    ],
    [
      "the spec's name when status has another one",
      { spec: { bucketName: "mine" }, status: { bucketName: "x" } },
      "mine",
      "eu-central-1",
    ],
  ])("takes %s", async (_case, options, name, region) => {
    const { bucket } = await resolve(options);
    expect(bucket).toMatchObject({ name, region, arn: `arn:aws:s3:::${name}` });
    expect(bucket.ref).toEqual({ Bucket: name, ExpectedBucketOwner: "111122223333" });
  });

  test("stalls when AWS denies the bucket in status, so that no second one is created", async () => {
    const outcome = await thrownOutcome(() => resolve({ status: FORMER, account: template, tags: { former: DENIED } }));
    expect(outcome).toMatchObject({ terminal: true, reason: "AccessDenied" });
  });

  test.each<[string, Case]>([
    ["when status has what the account gives", { status: { bucketName: "acme-team-docs", region: "eu-central-1" } }],
    ["when the bucket was verified", { status: FORMER, known: { name: "acme-team-docs" } }],
    ["when status is empty", {}],
  ])("calls AWS for no bucket %s", async (_case, options) => {
    expect((await resolve({ ...options, account: template })).calls).toEqual([]);
  });

  test("makes a name with a hash when neither spec nor account has one", async () => {
    expect((await resolve({})).bucket.name).toMatch(/^team-docs-[0-9a-f]{8}$/);
  });
});

test("resolveTarget assumes the account's role with its external id", async () => {
  const assumeRole = { roleArn: "arn:aws:iam::111122223333:role/s3-operator", externalId: "secret" };
  const identities: Identity[] = [];
  const { owner } = await resolve({ account: { assumeRole } }, identities);
  expect(identities).toEqual([{ accountId: "111122223333", region: "eu-central-1", assumeRole }]);
  expect(owner).toEqual({ cluster: "prod", namespace: "team", name: "docs" });
});

test("resolveTarget waits for a usable account without a call to AWS", async () => {
  const identities: Identity[] = [];
  const outcome = await thrownOutcome(() => resolve({ spec: { accountRef: { name: "other" } } }, identities));
  expect(outcome).toMatchObject({ kind: "waiting", reason: "AccountNotAvailable" });
  expect(identities).toEqual([]);
});

test.each(["{name}.-{hash}.", "-{name}-{hash}", ".{hash}", "{name}..{hash}", "xn--{hash}", "{hash}-s3alias"])(
  "resolveTarget stalls when the naming template gives no valid bucket name: %s",
  async (template) => {
    expect(await thrownOutcome(() => resolve({ account: { naming: { template } } }))).toMatchObject({
      terminal: true,
      reason: "InvalidBucketName",
    });
  },
);
