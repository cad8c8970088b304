import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import type { Aws, Identity } from "../aws/session.ts";
import { resolveTarget } from "./target.ts";
import { awsAccount, s3Bucket, target } from "./testing/fixtures.ts";
import { thrownOutcome } from "./testing/thrown.ts";

interface Case {
  spec?: S3BucketSpec;
  status?: S3BucketStatus;
  account?: Partial<AWSAccountSpec>;
}

const { signal } = new AbortController();

function resolve({ spec = {}, status, account = {} }: Case, identities: Identity[] = []) {
  const session: Aws["session"] = async (identity) => {
    identities.push(identity);
    return target().session;
  };
  const directory = { accounts: () => [awsAccount({ default: true, ...account })], namespace: () => undefined };
  const dependencies = { aws: { session } as Aws, directory, cluster: "prod" };
  return resolveTarget(dependencies, s3Bucket(spec, { status }), signal);
}

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
      "name and region in status when the account has changed since",
      { status: { bucketName: "former", region: "us-west-2" }, account: template },
      "former",
      "us-west-2",
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
