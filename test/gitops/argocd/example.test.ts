/**
 * examples/gitops in Argo CD: the Applications of the operator and of a team's buckets, each test after the one before.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../../../operator/api/types.ts";
import type { Bucket } from "../../aws/index.ts";
import { isReady } from "../../integration/support/expect/states.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import type { NodeProcess } from "../../integration/support/process/process.ts";
import { CONFIG_MAPS, SERVICE_ACCOUNTS } from "../../integration/support/world/access.ts";
import { exampleApplication, isSynced } from "./applications.ts";
import { OPERATOR, operatorApplication, startInstalled, type Installed } from "./installed.ts";

const TEAM = "team-a-buckets";
const NAMESPACE = "team-a";
const KEY = { namespace: NAMESPACE, name: "archive" };
const BUCKET_YAML = readFileSync("examples/gitops/bucket.yaml", "utf8");
const ACCESS_YAML = readFileSync("examples/gitops/access.yaml", "utf8");

let installed: Installed;
beforeAll(async () => {
  installed = await startInstalled();
});
afterAll(() => installed?.[Symbol.asyncDispose]());

const getBucket = () => installed.platform.kube.get<S3Bucket>(S3_BUCKETS, KEY);
const getAccess = () => installed.platform.kube.get<BucketAccess>(BUCKET_ACCESSES, KEY);

async function bucketAtAws(): Promise<Bucket> {
  const { status } = await getBucket();
  const bucket = installed.platform.account.buckets.get(status?.bucketName ?? "");
  if (bucket === undefined) throw new Error(`There is no bucket ${status?.bucketName}`);
  return bucket;
}

/** Commits, and resolves when Argo CD has synced the commit. */
async function sync(files: Record<string, string | null>): Promise<void> {
  const commit = await installed.platform.repository.commit(files);
  await installed.applications.refresh(TEAM);
  await installed.applications.when(TEAM, isSynced(commit));
}

test("the chart's Application has made the AWSAccount, and its objects show no difference after the operator wrote", async () => {
  const { platform, applications } = installed;
  const account = await platform.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: "default" });
  expect(isReady(account)).toBe(true);
  await applications.expectNoDifference(OPERATOR);
  expect(platform.node.running()).toHaveLength(1);
});

test("another value of the chart replaces the operator's Pod", async () => {
  const { platform, applications } = installed;
  const operator = { s3ForcePathStyle: true, shutdownTimeout: "5s", stalledAfter: "20s", logLevel: "debug" };
  await applications.apply(operatorApplication(platform, { operator }));
  const isReplaced = (running: NodeProcess[]) =>
    running.length === 1 && running.every(({ child }) => child.spawnargs.includes("--log-level=debug"));
  await eventually(
    () => platform.node.running(),
    isReplaced,
    (last) => String(last?.map(({ child }) => child.spawnargs)),
  );
  await applications.expectNoDifference(OPERATOR);
});

test("the team's bucket, access and ServiceAccount become Synced and Healthy", async () => {
  const { platform, applications, argocd } = installed;
  await platform.kubectl(["create", "namespace", NAMESPACE]);
  const files = { "buckets/bucket.yaml": BUCKET_YAML, "buckets/access.yaml": ACCESS_YAML };
  const commit = await platform.repository.commit(files);
  await applications.apply(exampleApplication(TEAM, platform));
  await applications.when(TEAM, isSynced(commit));
  expect(isReady(await getBucket())).toBe(true);
  expect(isReady(await getAccess())).toBe(true);
  const tree = await argocd.tree(TEAM);
  const configMap = tree.find(({ kind }) => kind === "ConfigMap");
  expect(configMap?.parentRefs).toMatchObject([{ kind: "BucketAccess", name: "archive" }]);
});

test("nothing is OutOfSync after the operator wrote statuses and annotated the ServiceAccount", async () => {
  const { platform, applications } = installed;
  const { metadata } = await platform.kube.get(SERVICE_ACCOUNTS, { namespace: NAMESPACE, name: "archivist" });
  expect(metadata.annotations).toHaveProperty(["eks.amazonaws.com/role-arn"]);
  await applications.expectNoDifference(TEAM);
});

test("an edit in Git reaches AWS", async () => {
  await sync({ "buckets/bucket.yaml": BUCKET_YAML.replace("noncurrentDays: 90", "noncurrentDays: 30") });
  expect(JSON.stringify((await bucketAtAws()).lifecycle)).toContain("30");
  await installed.applications.expectNoDifference(TEAM);
});

test("drift at AWS is Progressing while it is corrected, then Healthy, and never OutOfSync", async () => {
  const { platform, applications, argocd } = installed;
  const bucket = await bucketAtAws();
  const release = platform.simulator.faults.throttle({ operation: "PutBucketVersioning" });
  bucket.versioning = "Suspended";
  const seen = applications.history(TEAM).length;
  await argocd.act(TEAM, { kind: "S3Bucket", key: KEY }, "reconcile");
  await applications.when(TEAM, ({ status }) => status?.health?.status === "Progressing");
  release();
  await applications.when(TEAM, ({ status }) => status?.health?.status === "Healthy");
  expect(bucket.versioning).toBe("Enabled");
  const later = applications.history(TEAM).slice(seen);
  expect(later.map(({ status }) => status?.sync?.status)).not.toContain("OutOfSync");
});

test("a BucketAccess that leaves Git is pruned with its role and outputs, without confirmation", async () => {
  const { platform } = installed;
  expect(platform.account.roles.size).toBe(1);
  await sync({ "buckets/access.yaml": null });
  await expect(getAccess()).rejects.toThrow(/not found/);
  await expect(platform.kube.get(CONFIG_MAPS, KEY)).rejects.toThrow(/not found/);
  expect(platform.account.roles.size).toBe(0);
});

test("an S3Bucket with Prune=confirm that leaves Git waits for a person, then releases its bucket", async () => {
  const { platform, applications } = installed;
  const { name } = await bucketAtAws();
  const other = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other" } };
  const commit = await platform.repository.commit({ "buckets/bucket.yaml": null, "buckets/other.yaml": [other] });
  await applications.refresh(TEAM);
  await applications.when(TEAM, ({ status }) => /pruning confirmation/.test(status?.operationState?.message ?? ""));
  expect((await getBucket()).metadata.deletionTimestamp).toBeUndefined();
  await applications.approveDeletion(TEAM);
  await applications.when(TEAM, isSynced(commit));
  await expect(getBucket()).rejects.toThrow(/not found/);
  expect(platform.account.buckets.has(name), "deletionPolicy is Retain").toBe(true);
  platform.account.buckets.delete(name);
});

test("the deletion of an Application with an S3Bucket with Delete=confirm waits for a person", async () => {
  const { platform, applications, argocd } = installed;
  await sync({ "buckets/bucket.yaml": BUCKET_YAML, "buckets/access.yaml": ACCESS_YAML });
  await applications.delete(TEAM);
  await eventually(
    () => argocd.log(),
    (log) => /archive} requires manual confirmation to delete/.test(log),
    () => "no question",
  );
  expect((await getBucket()).metadata.deletionTimestamp).toBeUndefined();
  await applications.approveDeletion(TEAM);
  await applications.whenGone(TEAM);
  await expect(getAccess()).rejects.toThrow(/not found/);
  await expect(getBucket()).rejects.toThrow(/not found/);
  expect(platform.account.buckets.size).toBe(1);
  expect(platform.account.roles.size).toBe(0);
});
