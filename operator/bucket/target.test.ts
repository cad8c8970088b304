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

describe("which bucket", () => {
  const template = { naming: { template: "acme-{namespace}-{name}" } };

  test.each<[string, Case, string, string]>([
    ["the account's template and region", { account: template }, "acme-team-docs", "eu-central-1"],
    ["the spec's", { spec: { bucketName: "mine", region: "us-west-2" }, account: template }, "mine", "us-west-2"],
    [
      "what was decided once, although the account says otherwise since",
      { status: { bucketName: "former", region: "us-west-2" }, account: template },
      "former",
      "us-west-2",
    ],
    [
      "the spec's, whatever the status says",
      { spec: { bucketName: "mine" }, status: { bucketName: "x" } },
      "mine",
      "eu-central-1",
    ],
  ])("%s", async (_case, options, name, region) => {
    const { bucket } = await resolve(options);
    expect(bucket).toMatchObject({ name, region, arn: `arn:aws:s3:::${name}` });
    expect(bucket.ref).toEqual({ Bucket: name, ExpectedBucketOwner: "111122223333" });
  });

  test("by default one of its own", async () => {
    expect((await resolve({})).bucket.name).toMatch(/^team-docs-[0-9a-f]{8}$/);
  });
});

test("as whom: the account's role, with its external id", async () => {
  const assumeRole = { roleArn: "arn:aws:iam::111122223333:role/s3-operator", externalId: "secret" };
  const identities: Identity[] = [];
  const { owner } = await resolve({ account: { assumeRole } }, identities);
  expect(identities).toEqual([{ accountId: "111122223333", region: "eu-central-1", assumeRole }]);
  expect(owner).toEqual({ cluster: "prod", namespace: "team", name: "docs" });
});

test("no account to use: it waits, and asks AWS nothing", async () => {
  const identities: Identity[] = [];
  const outcome = await thrownOutcome(() => resolve({ spec: { accountRef: { name: "other" } } }, identities));
  expect(outcome).toMatchObject({ kind: "waiting", reason: "AccountNotAvailable" });
  expect(identities).toEqual([]);
});

test.each(["{name}.-{hash}.", "-{name}-{hash}", ".{hash}", "{name}..{hash}", "xn--{hash}", "{hash}-s3alias"])(
  "a template that gives no bucket name is for the platform team to mend: %s",
  async (template) => {
    expect(await thrownOutcome(() => resolve({ account: { naming: { template } } }))).toMatchObject({
      terminal: true,
      reason: "InvalidBucketName",
    });
  },
);
