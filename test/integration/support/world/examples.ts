import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";
import { expect } from "vitest";
import { API_VERSION } from "../../../../operator/api/names.ts";
import type { AWSAccount, BucketAccess } from "../../../../operator/api/types.ts";
import type { KubeObject } from "../../../../operator/kube/object.ts";
import { kubectl } from "./kubectl.ts";
import { createNamedResources } from "./named-resources.ts";
import { awsOf, createWorld, type AnyWorld, type World } from "./world.ts";

const EXAMPLES = new URL("../../../../examples/", import.meta.url);

/** Names of the folders under examples/ with manifests that a tenant applies. */
export const exampleFolders: readonly string[] = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => manifestsOf(name).length > 0);

/** ARNs of queues that an example needs, as its README says. */
export const QUEUES: Readonly<Record<string, readonly string[]>> = {
  "document-assistant": ["arn:aws:sqs:eu-central-1:111122223333:assistant-documents"],
};

/** The text of a file, by its path relative to examples/. */
export function textOf(path: string): string {
  return readFileSync(new URL(path, EXAMPLES), "utf8");
}

/** Objects of a file, by its path relative to examples/. */
export function objectsIn(path: string): KubeObject[] {
  return loadAll(textOf(path)) as KubeObject[];
}

/**
 * Files of an example that a tenant applies with kubectl: all except AWSAccounts and the manifests of GitOps tools.
 * Relative to examples/.
 */
export function manifestsOf(folder: string): string[] {
  return readdirSync(new URL(folder, EXAMPLES))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => `${folder}/${file}`)
    .filter((path) => objectsIn(path).every(isTenants));
}

function isTenants({ apiVersion, kind }: KubeObject): boolean {
  return kind !== "AWSAccount" && (apiVersion === API_VERSION || apiVersion === "v1");
}

/** BucketAccesses of an example. */
export function accessesIn(folder: string): BucketAccess[] {
  return accessesOfFiles(manifestsOf(folder));
}

/** BucketAccesses of these files, relative to examples/. */
export function accessesOfFiles(files: readonly string[]): BucketAccess[] {
  return files.flatMap(objectsIn).filter(({ kind }) => kind === "BucketAccess") as BucketAccess[];
}

/** The file with the AWSAccount of an example: its own, or that of account-for-workloads. Relative to examples/. */
export function accountOf(folder: string): string {
  const own = `${folder}/account.yaml`;
  return existsSync(new URL(own, EXAMPLES)) ? own : "account-for-workloads/account.yaml";
}

/** Creates resources that an example needs at AWS: queues that S3 may send to, and what its BucketAccesses name. */
export function prepareAws(world: World, folder: string): void {
  for (const arn of QUEUES[folder] ?? []) world.account.notificationDestinations.set(arn, "Allowed");
  createNamedResources(world, accessesIn(folder), accountSpecOf(accountOf(folder)));
}

/** The spec of the AWSAccount in a file. */
export function accountSpecOf(path: string): AWSAccount["spec"] {
  const [account] = objectsIn(path) as AWSAccount[];
  if (account === undefined) throw new Error(`${path} is empty`);
  return account.spec;
}

/**
 * A world with the account that the examples' ARNs name. Its AWSAccount has another name than in the examples, as the
 * AWSAccounts of all tests share one cluster.
 */
export async function worldOfExamples(path: string): Promise<World> {
  const world = await createWorld();
  const spec = accountSpecOf(path);
  await world.applyAccount(spec);
  const account = world.simulator.account(spec.accountId);
  return { ...world, account, aws: { ...awsOf(world.simulator, account), person: world.aws.person } };
}

/**
 * Applies the files unchanged with kubectl in its own namespace, by server-side apply that refuses unknown and repeated
 * fields, or with other `flags`. The operator of the test does not select the objects yet.
 */
export async function applyAsItStands(
  world: AnyWorld,
  files: readonly string[],
  flags: readonly string[] = ["--server-side"],
): Promise<KubeObject[]> {
  const objects = files.flatMap(objectsIn);
  for (const { kind, metadata } of objects) expect({ kind, namespace: metadata.namespace }).toEqual({ kind });
  const applied = await kubectl(world, "apply", ...flags, "--validate=strict", ...fileArguments(files));
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  return objects;
}

/** Arguments of kubectl for files with paths relative to examples/. */
export function fileArguments(files: readonly string[]): string[] {
  return files.map((file) => `--filename=${fileURLToPath(new URL(file, EXAMPLES))}`);
}

/**
 * Labels the objects of our kinds, so that the operator selects them from now on.
 * @returns their names for kubectl
 */
export async function showToOperator(world: AnyWorld, objects: readonly KubeObject[]): Promise<string[]> {
  const names = objects
    .filter(({ apiVersion }) => apiVersion === API_VERSION)
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  expect(await kubectl(world, "label", ...names, world.selector)).toMatchObject({ code: 0 });
  return names;
}
