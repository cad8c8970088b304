/**
 * Every folder under examples/ on a real API server, applied by kubectl as it stands: each of its S3Buckets gets Ready. The namespace is kubectl's,
 * and the label by which the operator of this test is told its objects is put on afterwards. The account, which the examples leave to the quick
 * start, is that of examples/quickstart under another name: AWSAccounts of all tests share one cluster.
 * And every piece of YAML in the documentation is something that the API server takes.
 */

import { S3Client } from "@aws-sdk/client-s3";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, S3_BUCKETS } from "../../operator/api/names.ts";
import type { AWSAccount, S3Bucket } from "../../operator/api/types.ts";
import type { KubeObject } from "../../operator/kube/object.ts";
import { collectionPath } from "../../operator/kube/paths.ts";
import type { Account } from "../aws/index.ts";
import { look } from "../demo/look.ts";
import { expectInvariants } from "./support/invariants.ts";
import { kubectl } from "./support/kubectl.ts";
import { startOperator } from "./support/operator.ts";
import { isReady, isReconciling, outOfSync } from "./support/states.ts";
import { createWorld, PERSON, type World } from "./support/world.ts";
import { type Api, connect } from "./validation/api.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = new URL("examples/", ROOT);
const ACCOUNT = "quickstart/account.yaml";

/** What must be at AWS before an example is applied: ARNs of queues that let S3 send. The example's README names them. */
const QUEUES: Readonly<Record<string, readonly string[]>> = {
  "document-assistant": ["arn:aws:sqs:eu-central-1:111122223333:assistant-documents"],
};

const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const manifestsOf = (folder: string) => readdirSync(new URL(folder, EXAMPLES)).filter((file) => /\.ya?ml$/.test(file));
const objectsIn = (path: string) => loadAll(readFileSync(new URL(path, EXAMPLES), "utf8")) as KubeObject[];

test("what an example needs is said of an example", () => {
  expect(folders).toEqual(expect.arrayContaining(Object.keys(QUEUES)));
});

test.each(folders)("examples/%s", async (folder) => {
  const queues = QUEUES[folder] ?? [];
  const readme = readFileSync(new URL(`${folder}/README.md`, EXAMPLES), "utf8");
  for (const arn of queues) expect(readme).toContain(arn);

  await using world = await worldOfExamples();
  for (const arn of queues) world.account.notificationDestinations.set(arn, "Allowed");
  await using _operator = startOperator(world);
  const files = manifestsOf(folder).map((file) => `${folder}/${file}`);
  const names = await applyAsItStands(
    world,
    files.filter((file) => file !== ACCOUNT),
  );
  expect(names).not.toEqual([]);
  await showToOperator(world, names);
  for (const name of names) {
    const bucket = await world.bucketWhen(name, isReady);
    expect(outOfSync(bucket)).toEqual([]);
    await expectPrivate(world.account, bucket, world.simulator.url);
  }
  await expectInvariants(world);
});

test("in whatever order: a bucket waits for the one that it logs to", async () => {
  await using world = await worldOfExamples();
  await using _operator = startOperator(world);
  const [logs = "", trails = ""] = await applyAsItStands(world, [
    "audit-log/access-logs.yaml",
    "audit-log/trails.yaml",
  ]);
  await showToOperator(world, [trails]);
  await world.bucketWhen(trails, isReconciling("NotFound"));
  await showToOperator(world, [logs]);
  await world.bucketWhen(trails, isReady);
  await world.bucketWhen(logs, isReady);
  await expectInvariants(world);
});

/** A world whose account is that of the quick start, which the examples' ARNs name. */
async function worldOfExamples(): Promise<World> {
  const world = await createWorld();
  const [quickstart] = objectsIn(ACCOUNT) as AWSAccount[];
  if (quickstart === undefined) throw new Error(`${ACCOUNT} is empty`);
  await world.applyAccount(quickstart.spec);
  return { ...world, account: world.simulator.account(quickstart.spec.accountId) };
}

/** By server-side apply, with unknown and repeated fields refused, as kubectl does by itself. @returns the names of the S3Buckets. */
async function applyAsItStands(world: World, files: readonly string[]): Promise<string[]> {
  const names = files.flatMap(objectsIn).map(({ kind, metadata }) => {
    expect({ kind, namespace: metadata.namespace }).toEqual({ kind: "S3Bucket", namespace: undefined });
    return metadata.name;
  });
  const paths = files.map((file) => `--filename=${fileURLToPath(new URL(file, EXAMPLES))}`);
  const applied = await kubectl(world, "apply", "--server-side", "--validate=strict", ...paths);
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  return names;
}

/** From now on the operator sees these S3Buckets. */
async function showToOperator(world: World, names: readonly string[]): Promise<void> {
  expect(await kubectl(world, "label", "s3buckets", ...names, world.selector)).toMatchObject({ code: 0 });
}

/** Whatever the scenario: nobody comes in by public access, by ACL or without TLS. */
async function expectPrivate(account: Account, { status }: S3Bucket, endpoint: string): Promise<void> {
  const { credentials } = account.addUser(PERSON);
  const s3 = new S3Client({ endpoint, region: "eu-central-1", credentials, forcePathStyle: true });
  try {
    const seen = await look(s3, status?.bucketName ?? "");
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

  test.each(piecesOfYaml())("%s", async (_place, text) => {
    const object = asObject(text);
    const path = object.kind === "AWSAccount" ? collectionPath(AWS_ACCOUNTS) : collectionPath(S3_BUCKETS, "default");
    const { code, body } = await api.send("POST", `${path}?fieldValidation=Strict&dryRun=All`, object);
    expect({ code, message: body.message }).toEqual({ code: 201, message: undefined });
  });
});

/** With file and number, in README.md and docs/*.md. */
function piecesOfYaml(): [place: string, text: string][] {
  const pages = readdirSync(new URL("docs", ROOT)).filter((file) => file.endsWith(".md"));
  return ["README.md", ...pages.map((file) => `docs/${file}`)].flatMap((page) => {
    const pieces = readFileSync(new URL(page, ROOT), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
    return [...pieces].map(([, text = ""], index): [string, string] => [`${page} ${index + 1}`, text]);
  });
}

/** A whole object, or the `spec` or `status` of one, and nothing beside it. */
function asObject(text: string): KubeObject {
  const [piece, ...others] = loadAll(text) as Partial<KubeObject & { spec: object; status: object }>[];
  if (piece === undefined || others.length > 0) throw new Error("not one YAML document");
  if (piece.kind !== undefined) return piece as KubeObject;
  expect(Object.keys(piece)).toEqual([expect.stringMatching(/^(spec|status)$/)]);
  const kind = piece.spec !== undefined && "accountId" in piece.spec ? "AWSAccount" : "S3Bucket";
  return { apiVersion: API_VERSION, metadata: { name: "from-the-docs" }, spec: {}, ...piece, kind };
}
