/**
 * Applies every folder under examples/ unchanged to a real API server with kubectl: each of its S3Buckets becomes
 * Ready. The namespace is set by kubectl, and the label that selects this test's operator is added afterwards. The
 * account, which the examples take from the quick start, is that of examples/quickstart under another name, as the
 * AWSAccounts of all tests share one cluster. The API server also accepts every YAML block of the documentation.
 */

import { readdirSync, readFileSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { KubeObject, Resource } from "../../../operator/kube/object.ts";
import { collectionPath } from "../../../operator/kube/paths.ts";
import type { Account } from "../../aws/index.ts";
import { observe } from "../../demo/observe.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { isReady, isReconciling, outOfSync } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesIn,
  applyAsItStands,
  exampleFolders,
  manifestsOf,
  objectsIn,
  prepareAws,
  QUEUES,
  showToOperator,
  textOf,
  worldOfExamples,
} from "../support/world/examples.ts";
import { DEPLOYMENTS, PERSON } from "../support/world/world.ts";
import { connect, type Api } from "../validation/api.ts";

const ROOT = new URL("../../../", import.meta.url);
const ACCOUNT = "quickstart/account.yaml";

/** Manifests of buckets. Access to them is tested in workloads.test.ts. */
const bucketsOf = (folder: string) =>
  manifestsOf(folder).filter((path) => objectsIn(path).every(({ kind }) => kind === "S3Bucket"));

const foldersWithBuckets = exampleFolders.filter((folder) => bucketsOf(folder).length > 0);

test("the prerequisites in this file belong to an example", () => {
  expect(exampleFolders).toEqual(expect.arrayContaining(Object.keys(QUEUES)));
});

test("every example has an S3Bucket, except the one for a bucket that no S3Bucket manages", () => {
  expect(exampleFolders.filter((folder) => bucketsOf(folder).length === 0)).toEqual(["external-bucket"]);
});

test("role.tf makes the role that examples/terraform-role names, with the tag of consent", () => {
  const [access] = accessesIn("terraform-role");
  const [, path, name] = access?.spec.role?.arn?.match(/:role(\/.*\/)(.+)$/) ?? [];
  const terraform = textOf("terraform-role/role.tf");
  expect(terraform).toMatch(new RegExp(`name = "${name}"\\s+path = "${path}"`));
  expect(terraform).toMatch(/"s3-operator.io\/service-accounts" = "default\/shop\/orders"/);
});

test.each(foldersWithBuckets)("the buckets of examples/%s become Ready", async (folder) => {
  for (const arn of QUEUES[folder] ?? []) expect(textOf(`${folder}/README.md`)).toContain(arn);
  await using world = await worldOfExamples(ACCOUNT);
  prepareAws(world, folder);
  await using _operator = startOperator(world);
  const buckets = await applyAsItStands(world, bucketsOf(folder));
  await showToOperator(world, buckets);
  for (const { metadata } of buckets) {
    const bucket = await world.bucketWhen(metadata.name, isReady);
    expect(outOfSync(bucket)).toEqual([]);
    await expectPrivate(world.account, bucket, world.simulator.url);
  }
  await expectInvariants(world);
});

test("a bucket waits for the one to which it logs, in any order of creation", async () => {
  await using world = await worldOfExamples(ACCOUNT);
  await using _operator = startOperator(world);
  const logs = await applyAsItStands(world, ["audit-log/access-logs.yaml"]);
  const trails = await applyAsItStands(world, ["audit-log/trails.yaml"]);
  await showToOperator(world, trails);
  await world.bucketWhen("audit-trails", isReconciling("DestinationRefused"));
  await showToOperator(world, logs);
  await world.bucketWhen("audit-trails", isReady);
  await world.bucketWhen("access-logs", isReady);
  await expectInvariants(world);
});

/** In every scenario, no request succeeds by public access, by ACL or without TLS. */
async function expectPrivate(account: Account, { status }: S3Bucket, endpoint: string): Promise<void> {
  const { credentials } = account.addUser(PERSON);
  const s3 = new S3Client({ endpoint, region: "eu-central-1", credentials, forcePathStyle: true });
  try {
    const seen = await observe(s3, status?.bucketName ?? "");
    expect(seen).toMatchObject({ publicAccessBlocked: true, ownership: "BucketOwnerEnforced", ssecBlocked: true });
    expect(seen.deniedSids).toEqual(
      expect.arrayContaining(["S3OperatorDenyInsecureTransport", "S3OperatorDenyOldTLS"]),
    );
    expect(status?.policy?.externalAccess ?? []).toEqual([]);
  } finally {
    s3.destroy();
  }
}

describe("YAML in the documentation", () => {
  let api: Api;
  beforeAll(() => {
    api = connect();
  });
  afterAll(() => api.close());

  test.each(piecesOfYaml())("the API server accepts %s", async (_place, text) => {
    const object = asObject(text);
    const resource = [...RESOURCES, DEPLOYMENTS].find(({ kind }) => kind === object.kind);
    if (resource === undefined) throw new Error(`${object.kind}: not a kind of the documentation`);
    const path = collectionPath(resource, resource.namespaced ? "default" : undefined);
    const { code, body } = await api.send("POST", `${path}?fieldValidation=Strict&dryRun=All`, object);
    expect({ code, message: body.message }).toEqual({ code: 201, message: undefined });
  });
});

const RESOURCES: readonly Resource[] = [S3_BUCKETS, BUCKET_ACCESSES, AWS_ACCOUNTS];

/** The blocks of README.md and docs/*.md, with file and number. */
function piecesOfYaml(): [place: string, text: string][] {
  const pages = readdirSync(new URL("docs", ROOT)).filter((file) => file.endsWith(".md"));
  return ["README.md", ...pages.map((file) => `docs/${file}`)].flatMap((page) => {
    const pieces = readFileSync(new URL(page, ROOT), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
    return [...pieces].map(([, text = ""], index): [string, string] => [`${page} ${index + 1}`, text]);
  });
}

/** A whole object, or the `spec` or `status` of one, and nothing else. */
function asObject(text: string): KubeObject {
  const [piece, ...others] = loadAll(text) as Partial<KubeObject & { spec: object; status: object }>[];
  if (piece === undefined || others.length > 0) throw new Error("not one YAML document");
  if (piece.kind !== undefined) return piece as KubeObject;
  expect(Object.keys(piece)).toEqual([expect.stringMatching(/^(spec|status)$/)]);
  return {
    apiVersion: API_VERSION,
    metadata: { name: "from-the-docs" },
    spec: {},
    ...piece,
    kind: kindOf(piece.spec ?? {}),
  };
}

function kindOf(spec: object): string {
  if ("accountId" in spec) return "AWSAccount";
  return "bucketRef" in spec || "bucket" in spec ? "BucketAccess" : "S3Bucket";
}
