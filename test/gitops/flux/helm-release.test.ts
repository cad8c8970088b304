/**
 * Flux installs the operator's chart, and charts with the operator's kinds. Each test builds on the one before.
 * https://fluxcd.io/flux/components/helm/helmreleases/
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { Resource } from "../../../operator/kube/object.ts";
import { condition, isReady, isStalled } from "../../integration/support/expect/states.ts";
import { textOf } from "../../integration/support/world/examples.ts";
import { CHART, installOperator, OPERATOR, startFlux, valuesFor, type Flux } from "./flux.ts";
import { exampleObject, GIT_REPOSITORIES, HELM_RELEASES, isDone, KUSTOMIZATIONS, type FluxObject } from "./objects.ts";
import { createTeam, type Team } from "./team.ts";

const CRDS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const CRD = "s3buckets.s3-operator.io";

let flux: Flux;
let team: Team;
beforeAll(async () => {
  flux = await startFlux();
  team = await createTeam(flux.platform);
});
afterAll(async () => {
  team?.[Symbol.dispose]();
  await flux?.[Symbol.asyncDispose]();
});

/** The first version, in which the CRDs and the AWSAccount are complete. */
let installed: number;

/** Resolves when the HelmRelease is ready after so many upgrades. */
function releaseAfter(upgrades: number): Promise<FluxObject> {
  return flux.operators.when<FluxObject>(
    HELM_RELEASES,
    OPERATOR,
    (release) => isDone(release) && release.status?.history?.[0]?.version === installed + upgrades,
  );
}

test("the HelmRelease of examples/gitops is ready when the operator runs, and the AWSAccount becomes ready", async () => {
  const release = await installOperator(flux);
  const [last] = release.status?.history ?? [];
  expect(last?.status).toBe("deployed");
  installed = last?.version ?? 0;
  expect(flux.platform.node.running()).toHaveLength(1);
  await team.when(AWS_ACCOUNTS, "default", isReady);
});

test("Flux detects no drift of the operator's objects", async () => {
  await flux.operators.reconcile(HELM_RELEASES, OPERATOR);
  await releaseAfter(0);
});

test("an upgrade with other values and CRDs keeps all objects, writes nothing at AWS, and is ready with the new Pod", async () => {
  const { platform, operators } = flux;
  await team.deliver(GIT_REPOSITORIES, "team-a");
  await team.push({
    "buckets/bucket.yaml": textOf("gitops/bucket.yaml"),
    "buckets/access.yaml": textOf("gitops/access.yaml"),
  });
  await team.deliver(KUSTOMIZATIONS, "buckets");
  await team.when(KUSTOMIZATIONS, "buckets", isDone);
  const uids = () =>
    Promise.all(
      [team.get(S3_BUCKETS, "archive"), team.get(BUCKET_ACCESSES, "archive"), team.get(AWS_ACCOUNTS, "default")].map(
        async (found) => (await found).metadata.uid,
      ),
    );
  const before = await uids();
  const written = platform.simulator.calls.writes().length;
  const [old] = platform.node.running();

  const path = `${CHART}/templates/crds/s3buckets.yaml`;
  const crd = await readFile(path, "utf8");
  await platform.repository.commit({ [path]: crd.replace("- s3-operator\n", "- s3-operator\n      - upgraded\n") });
  await operators.reconcile(GIT_REPOSITORIES, OPERATOR);
  await releaseAfter(1);
  expect(await team.get(CRDS, CRD)).toMatchObject({ spec: { names: { categories: ["s3-operator", "upgraded"] } } });

  const values = valuesFor(platform);
  await operators.edit(HELM_RELEASES, OPERATOR, { values: { ...values, podAnnotations: { upgraded: "true" } } });
  await releaseAfter(2);
  expect(platform.node.running()).not.toContain(old);
  expect(await uids()).toEqual(before);
  for (const resource of [S3_BUCKETS, BUCKET_ACCESSES]) await team.compare(resource, "archive");
  expect(platform.simulator.calls.writes()).toHaveLength(written);
});

/** A team's chart with a bucket. */
const CHART_YAML = "apiVersion: v2\nname: documents\nversion: 0.1.0\n";
const TEMPLATE = `apiVersion: s3-operator.io/v1alpha1
kind: S3Bucket
metadata:
  name: documents
spec: {{ toYaml .Values.spec | nindent 2 }}
`;

const refused = {
  sid: "Mine",
  effect: "Deny",
  principals: { aws: ["*"] },
  actions: ["s3:ListBucket"],
  resources: ["{bucket}/*"],
};

test("a HelmRelease with an S3Bucket waits for it, fails on an edit that AWS refuses, and the repaired values make it ready", async () => {
  await team.push({ "chart/Chart.yaml": CHART_YAML, "chart/templates/bucket.yaml": TEMPLATE });
  const { apiVersion, kind, spec } = exampleObject(HELM_RELEASES, OPERATOR);
  const sourceRef = { kind: "GitRepository", name: "team-a" };
  const chart = { spec: { chart: `./${team.folder}/chart`, sourceRef, reconcileStrategy: "Revision" } };
  const metadata = { name: "documents", namespace: team.namespace };
  const release = { apiVersion, kind, metadata, spec: { ...spec, chart, values: { spec: { versioning: "Enabled" } } } };
  const { faults } = flux.platform.simulator;
  const held = Promise.withResolvers<void>();
  const remove = faults.onCall(async ({ operation }, phase) => {
    if (operation === "PutBucketVersioning" && phase === "before") await held.promise;
  });
  await flux.platform.kube.apply(HELM_RELEASES, release, { fieldManager: "test", force: true });
  await team.when(S3_BUCKETS, "documents", (bucket) => condition(bucket, "Reconciling")?.status === "True");
  // Longer than Helm takes to see that an object is ready.
  await sleep(5_000);
  expect(isDone(await team.get(HELM_RELEASES, "documents"))).toBe(false);
  held.resolve();
  remove();
  await team.when(HELM_RELEASES, "documents", isDone);
  expect(isReady(await team.get(S3_BUCKETS, "documents"))).toBe(true);

  await team.edit(HELM_RELEASES, "documents", { values: { spec: { policy: { statements: [refused] } } } });
  await team.when(S3_BUCKETS, "documents", isStalled("Invalid"));
  await team.when<FluxObject>(
    HELM_RELEASES,
    "documents",
    (object) =>
      condition(object, "Ready")?.status === "False" && condition(object, "Ready")?.reason === "UpgradeFailed",
  );
  await team.edit(HELM_RELEASES, "documents", { values: { spec: { versioning: "Suspended", policy: null } } });
  await team.when(HELM_RELEASES, "documents", isDone);
  expect(isReady(await team.get<S3Bucket>(S3_BUCKETS, "documents"))).toBe(true);
});

test("a deleted HelmRelease deletes its S3Bucket, and the operator releases the bucket", async () => {
  const { status } = await team.get<S3Bucket>(S3_BUCKETS, "documents");
  await team.delete(HELM_RELEASES, "documents");
  await team.gone(HELM_RELEASES, "documents");
  await team.gone(S3_BUCKETS, "documents");
  expect(flux.platform.account.buckets.has(status?.bucketName ?? "")).toBe(true);
});

test("the deleted HelmRelease of the operator keeps CRDs and objects, and a new one takes them over", async () => {
  const { operators } = flux;
  const before = (await team.get(S3_BUCKETS, "archive")).metadata.uid;
  await operators.delete(HELM_RELEASES, OPERATOR);
  await operators.gone(HELM_RELEASES, OPERATOR);
  expect((await team.get(CRDS, CRD)).metadata.deletionTimestamp).toBeUndefined();
  await installOperator(flux);
  expect((await team.get(S3_BUCKETS, "archive")).metadata.uid).toBe(before);
  await team.compare(S3_BUCKETS, "archive");
});
