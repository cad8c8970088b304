/**
 * One Application with account, bucket, access and workload in waves, as docs/gitops.md says. Each test builds on the
 * one before.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { KubeObject, Resource } from "../../../operator/kube/object.ts";
import { ACCOUNT_ID } from "../../helm/support/cluster.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { DEPLOYMENTS } from "../../integration/support/world/world.ts";
import { exampleApplication, isSynced, type Application } from "./applications.ts";
import { startInstalled, WORKLOAD_IDENTITY, type Installed } from "./installed.ts";

const NAME = "waves";
const NAMESPACE = "team-b";
const ACCOUNT = { name: "team-b" };
const BUCKET = { namespace: NAMESPACE, name: "reports" };
const ACCESS = { namespace: NAMESPACE, name: "reporter" };
const WORKLOAD = { namespace: NAMESPACE, name: "app" };
const QUEUE = `arn:aws:sqs:eu-central-1:${ACCOUNT_ID}:uploads`;

let installed: Installed;
beforeAll(async () => {
  installed = await startInstalled();
  await installed.platform.kubectl(["create", "namespace", NAMESPACE]);
});
afterAll(() => installed?.[Symbol.asyncDispose]());

function manifest(apiVersion: string, kind: string, name: string, wave: number, spec?: object): object {
  const annotations = { "argocd.argoproj.io/sync-wave": String(wave) };
  return { apiVersion, kind, metadata: { name, annotations }, ...(spec && { spec }) };
}

/** The manifests; `bucket`: more fields of the bucket's spec, `version`: of the workload. */
function files(bucket: object = {}, version = "1"): Record<string, object[]> {
  const account = { accountId: ACCOUNT_ID, region: "eu-central-1", workloadIdentity: WORKLOAD_IDENTITY };
  const access = {
    bucketRef: { name: BUCKET.name },
    serviceAccountRefs: [{ name: "app" }],
    annotateServiceAccount: true,
    grants: [{ prefix: "*", permissions: ["Read"] }],
  };
  const labels = { app: "app" };
  const containers = [{ name: "app", image: `example.test/app:${version}` }];
  const workload = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return {
    "waves/all.yaml": [
      manifest(API_VERSION, "AWSAccount", ACCOUNT.name, -3, account),
      manifest(API_VERSION, "S3Bucket", BUCKET.name, -2, {
        accountRef: { name: ACCOUNT.name },
        deletionPolicy: "DeleteIfEmpty",
        ...bucket,
      }),
      manifest("v1", "ServiceAccount", "app", -1),
      manifest(API_VERSION, "BucketAccess", ACCESS.name, -1, access),
      manifest("apps/v1", "Deployment", WORKLOAD.name, 0, workload),
    ],
  };
}

async function commit(content: Record<string, object[]>): Promise<string> {
  const hash = await installed.platform.repository.commit(content);
  await installed.applications.refresh(NAME);
  return hash;
}

async function exists(resource: Resource, key: { namespace?: string; name: string }): Promise<boolean> {
  return installed.platform.kube.get(resource, key).then(
    () => true,
    () => false,
  );
}

function image(): Promise<string> {
  const path = "jsonpath={.spec.template.spec.containers[0].image}";
  return installed.platform.kubectl(["get", `deployment/${WORKLOAD.name}`, `--namespace=${NAMESPACE}`, "-o", path]);
}

const waitsFor = (kind: string, name: string) => (application: Application) => {
  const { phase, message = "" } = application.status?.operationState ?? {};
  return phase === "Running" && message.includes(`waiting for healthy state of s3-operator.io/${kind}/${name}`);
};

test("each wave begins when the one before is healthy", async () => {
  const { platform, applications } = installed;
  const { faults } = platform.simulator;
  const hold = (operation: string) => faults.throttle({ operation });
  const releaseAccount = hold("GetCallerIdentity");
  const releaseBucket = hold("CreateBucket");
  const releaseAccess = hold("CreateRole");
  const hash = await platform.repository.commit(files());
  const team = exampleApplication("team-a-buckets", platform);
  const source = { ...team.spec.source, path: "waves" };
  const destination = { ...team.spec.destination, namespace: NAMESPACE };
  await applications.apply({
    ...team,
    metadata: { ...team.metadata, name: NAME },
    spec: { ...team.spec, source, destination },
  });

  await applications.when(NAME, waitsFor("AWSAccount", ACCOUNT.name));
  expect(await exists(S3_BUCKETS, BUCKET)).toBe(false);
  releaseAccount();
  await applications.when(NAME, waitsFor("S3Bucket", BUCKET.name));
  expect(await exists(BUCKET_ACCESSES, ACCESS)).toBe(false);
  releaseBucket();
  await applications.when(NAME, waitsFor("BucketAccess", ACCESS.name));
  expect(await exists(DEPLOYMENTS, WORKLOAD)).toBe(false);
  releaseAccess();
  await applications.when(NAME, isSynced(hash));
  expect(await exists(DEPLOYMENTS, WORKLOAD)).toBe(true);
});

test("an edit that AWS refuses ends the sync before the next wave, and the repairing commit is synced by itself", async () => {
  const { applications } = installed;
  await commit(
    files({ notifications: { queues: [{ id: "all", queueArn: QUEUE, events: ["s3:ObjectCreated:*"] }] } }, "2"),
  );
  const failed = await applications.when(NAME, ({ status }) => (status?.operationState?.retryCount ?? 0) > 0);
  expect(failed.status?.operationState?.message).toContain(
    "one or more synchronization tasks completed unsuccessfully",
  );
  expect(failed.status?.health?.status).toBe("Degraded");
  expect(await image()).toBe("example.test/app:1");

  const hash = await commit(files({}, "2"));
  await applications.when(NAME, isSynced(hash));
  expect(await image()).toBe("example.test/app:2");
});

test("an S3Bucket without Prune=confirm that leaves Git is pruned, and its deletionPolicy decides", async () => {
  const { platform, applications } = installed;
  const bucket = { deletionPolicy: "DeleteIfEmpty", accountRef: { name: ACCOUNT.name } };
  const added = await commit({ "waves/more.yaml": [manifest(API_VERSION, "S3Bucket", "more", -2, bucket)] });
  await applications.when(NAME, isSynced(added));
  const before = platform.account.buckets.size;
  const removed = await platform.repository.commit({ "waves/more.yaml": null });
  await applications.refresh(NAME);
  await applications.when(NAME, isSynced(removed));
  expect(await exists(S3_BUCKETS, { ...BUCKET, name: "more" })).toBe(false);
  expect(platform.account.buckets.size).toBe(before - 1);
});

test("the deletion of the Application deletes workload, access, bucket and account in this order", async () => {
  const { platform, applications } = installed;
  const { faults } = platform.simulator;
  const releaseAccess = faults.throttle({ operation: "DeleteRole" });
  const releaseBucket = faults.throttle({ operation: "DeleteBucket" });
  const isTerminating = async (resource: Resource, key: { namespace?: string; name: string }) => {
    const { metadata } = await platform.kube.get<KubeObject>(resource, key);
    return metadata.deletionTimestamp !== undefined;
  };
  await applications.delete(NAME);
  await eventually(
    () => isTerminating(BUCKET_ACCESSES, ACCESS),
    (is) => is,
  );
  expect(await exists(DEPLOYMENTS, WORKLOAD)).toBe(false);
  expect(await isTerminating(S3_BUCKETS, BUCKET)).toBe(false);
  releaseAccess();
  await eventually(
    () => isTerminating(S3_BUCKETS, BUCKET),
    (is) => is,
  );
  expect(await exists(BUCKET_ACCESSES, ACCESS)).toBe(false);
  expect(await isTerminating(AWS_ACCOUNTS, ACCOUNT)).toBe(false);
  releaseBucket();
  await applications.whenGone(NAME);
  expect(await exists(AWS_ACCOUNTS, ACCOUNT)).toBe(false);
  expect([platform.account.buckets.size, platform.account.roles.size]).toEqual([0, 0]);
});
