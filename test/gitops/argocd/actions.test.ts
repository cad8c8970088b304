/**
 * The health checks and actions of argocd/argocd-cm-patch.yaml in Argo CD itself. Each test builds on the one before.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { CommonStatus, ObjectKey, Resource, StatusObject } from "../../../operator/kube/object.ts";
import { ACCOUNT_ID } from "../../helm/support/cluster.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { exampleApplication, isHealthy } from "./applications.ts";
import type { Addressed, TreeNode } from "./argocd.ts";
import { startInstalled, WORKLOAD_IDENTITY, type Installed } from "./installed.ts";

const NAME = "actions";
const NAMESPACE = "team-c";
/** One of each kind. */
const OBJECTS = [
  { kind: "AWSAccount", resource: AWS_ACCOUNTS, key: { name: "team-c" } },
  { kind: "S3Bucket", resource: S3_BUCKETS, key: { namespace: NAMESPACE, name: "photos" } },
  { kind: "BucketAccess", resource: BUCKET_ACCESSES, key: { namespace: NAMESPACE, name: "viewer" } },
] as const;
const [, BUCKET, ACCESS] = OBJECTS;
const PAUSABLE = [BUCKET, ACCESS];

type Reconciled = StatusObject<CommonStatus & { reconcileRequestedAt?: string }>;

const MANIFESTS = [
  {
    apiVersion: API_VERSION,
    kind: "AWSAccount",
    metadata: { name: "team-c" },
    spec: { accountId: ACCOUNT_ID, region: "eu-central-1", workloadIdentity: WORKLOAD_IDENTITY },
  },
  {
    apiVersion: API_VERSION,
    kind: "S3Bucket",
    metadata: { name: "photos" },
    spec: { accountRef: { name: "team-c" }, versioning: "Enabled" },
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "app" } },
  {
    apiVersion: API_VERSION,
    kind: "BucketAccess",
    metadata: { name: "viewer" },
    spec: {
      bucketRef: { name: "photos" },
      serviceAccountRefs: [{ name: "app" }],
      grants: [{ prefix: "*", permissions: ["Read"] }],
    },
  },
];

let installed: Installed;
beforeAll(async () => {
  installed = await startInstalled();
  const { platform, applications } = installed;
  await platform.kubectl(["create", "namespace", NAMESPACE]);
  await platform.repository.commit({ "actions/all.yaml": MANIFESTS });
  const { spec, metadata, ...rest } = exampleApplication("team-a-buckets", platform);
  const source = { ...spec.source, path: "actions" };
  const destination = { ...spec.destination, namespace: NAMESPACE };
  await applications.apply({ ...rest, metadata: { ...metadata, name: NAME }, spec: { ...spec, source, destination } });
  await applications.when(NAME, isHealthy);
});
afterAll(() => installed?.[Symbol.asyncDispose]());

/** Resolves when Argo CD shows this health for the object. */
async function healthBecomes({ kind, key }: Addressed, status: string): Promise<TreeNode> {
  const find = async () =>
    (await installed.argocd.tree(NAME)).find((node) => node.kind === kind && node.name === key.name);
  const found = await eventually(find, (node) => node?.health?.status === status, undefined, 60_000);
  return found as TreeNode;
}

const get = (resource: Resource, key: ObjectKey) => installed.platform.kube.get<Reconciled>(resource, key);

test.each(OBJECTS)("the action reconcile makes the operator read $kind again", async (object) => {
  const { argocd, applications, platform } = installed;
  const { resource, key } = object;
  const { calls } = platform.simulator;
  expect(await argocd.actions(NAME, object)).toContain("reconcile");
  const before = await get(resource, key);
  const callsBefore = calls.all.length;
  await argocd.act(NAME, object, "reconcile");
  const isAnswered = ({ kind, status }: Reconciled) =>
    // The status of an AWSAccount does not repeat the request.
    kind === "AWSAccount"
      ? calls.all.slice(callsBefore).some(({ operation }) => operation === "GetCallerIdentity")
      : status?.reconcileRequestedAt !== before.status?.reconcileRequestedAt;
  await eventually(() => get(resource, key), isAnswered);
  await healthBecomes(object, "Healthy");
  await applications.expectNoDifference(NAME);
});

test.each(PAUSABLE)(
  "the actions pause and resume of $kind show in its health, and are no difference",
  async (object) => {
    const { argocd, applications } = installed;
    expect(await argocd.actions(NAME, object)).toEqual(["pause", "reconcile"]);
    await argocd.act(NAME, object, "pause");
    expect(await healthBecomes(object, "Suspended")).toMatchObject({ health: { message: "Paused by annotation" } });
    expect(await argocd.actions(NAME, object)).toEqual(["resume"]);
    await applications.expectNoDifference(NAME);
    await argocd.act(NAME, object, "resume");
    await healthBecomes(object, "Healthy");
    await applications.expectNoDifference(NAME);
  },
);

test("a bucket whose drift AWS does not let the operator correct is Progressing, then Degraded, then Healthy", async () => {
  const { platform, argocd } = installed;
  const [bucket] = platform.account.buckets.values();
  const allow = platform.simulator.faults.deny("s3:PutBucketVersioning");
  if (bucket !== undefined) bucket.versioning = "Suspended";
  await argocd.act(NAME, BUCKET, "reconcile");
  await healthBecomes(BUCKET, "Progressing");
  const degraded = await healthBecomes(BUCKET, "Degraded");
  expect(degraded.health?.message).toContain("s3:PutBucketVersioning");
  allow();
  await argocd.act(NAME, BUCKET, "reconcile");
  await healthBecomes(BUCKET, "Healthy");
});
