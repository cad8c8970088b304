/** Flux applies buckets and BucketAccesses: https://fluxcd.io/flux/components/kustomize/kustomizations/ */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, PAUSED, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { BucketAccess, S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import type { KubeObject } from "../../../operator/kube/object.ts";
import type { Bucket } from "../../aws/index.ts";
import { condition, isReady, isReconciling } from "../../integration/support/expect/states.ts";
import { SERVICE_ACCOUNTS } from "../../integration/support/world/access.ts";
import { objectsIn, textOf } from "../../integration/support/world/examples.ts";
import { DEPLOYMENTS } from "../../integration/support/world/world.ts";
import { installOperator, startFlux, type Flux } from "./flux.ts";
import { GIT_REPOSITORIES, hasFailed, isAt, isDone, KUSTOMIZATIONS, type FluxObject } from "./objects.ts";
import { createTeam, type Team } from "./team.ts";

let flux: Flux;
beforeAll(async () => {
  flux = await startFlux();
  await installOperator(flux);
});
afterAll(() => flux?.[Symbol.asyncDispose]());

/** A workload of the team. Its Pods do not run here, and nothing waits for them. */
const WORKLOAD = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "archivist" },
  spec: {
    selector: { matchLabels: { app: "archivist" } },
    template: {
      metadata: { labels: { app: "archivist" } },
      spec: { serviceAccountName: "archivist", containers: [{ name: "archivist", image: "example.test/archivist" }] },
    },
  },
};

/** The example as it stands. */
const EXAMPLE = {
  "buckets/bucket.yaml": textOf("gitops/bucket.yaml"),
  "buckets/access.yaml": textOf("gitops/access.yaml"),
  "app/deployment.yaml": [WORKLOAD],
};

/** S3 rejects it. The API server accepts it. */
const REFUSED: S3BucketSpec = {
  policy: {
    statements: [
      {
        sid: "Mine",
        effect: "Deny",
        principals: { aws: ["*"] },
        actions: ["s3:ListBucket"],
        resources: ["{bucket}/*"],
      },
    ],
  },
};

function bucketOf(name: string, spec: S3BucketSpec, annotations: Record<string, string> = {}): S3Bucket {
  return { apiVersion: API_VERSION, kind: "S3Bucket", metadata: { name, annotations }, spec };
}

/** The bucket of the example with another spec. */
function archive(spec: S3BucketSpec): S3Bucket {
  const [bucket] = objectsIn("gitops/bucket.yaml") as S3Bucket[];
  if (bucket === undefined) throw new Error("The example has no bucket");
  return { ...bucket, spec: { ...bucket.spec, ...spec } };
}

/** A team with the example's GitRepository. */
async function newTeam(): Promise<Team> {
  const team = await createTeam(flux.platform);
  await team.deliver(GIT_REPOSITORIES, "team-a");
  return team;
}

/** Delivers these files by the example's Kustomization "buckets"; resolves with the revision when it is ready. */
async function deliver(
  team: Team,
  files: Parameters<Team["push"]>[0],
  changes: Record<string, unknown> = {},
): Promise<string> {
  const revision = await team.push(files);
  await team.deliver(KUSTOMIZATIONS, "buckets", changes);
  await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
  return revision;
}

async function atAws(team: Team, name: string): Promise<Bucket> {
  const { status } = await team.get<S3Bucket>(S3_BUCKETS, name);
  const bucket = flux.platform.account.buckets.get(status?.bucketName ?? "");
  if (bucket === undefined) throw new Error(`There is no bucket ${status?.bucketName}`);
  return bucket;
}

/** Holds the calls of an operation until the returned function is called. */
function hold(operation: string): () => void {
  const held = Promise.withResolvers<void>();
  const remove = flux.platform.simulator.faults.onCall(async (call, phase) => {
    if (call.operation === operation && phase === "before") await held.promise;
  });
  return () => {
    held.resolve();
    remove();
  };
}

describe("examples/gitops", () => {
  test("the workload is applied when bucket and access are Ready, and not before", async () => {
    using team = await newTeam();
    const release = hold("PutBucketVersioning");
    const revision = await team.push(EXAMPLE);
    await team.deliver(KUSTOMIZATIONS, "app");
    await team.deliver(KUSTOMIZATIONS, "buckets");
    await team.kustomizations.when("buckets", (object) =>
      (condition(object, "Reconciling")?.message ?? "").startsWith("Running health checks"),
    );
    await team.kustomizations.when("app", (object) => condition(object, "Ready")?.reason === "DependencyNotReady");
    // Longer than the five seconds between two of Flux's health checks.
    await sleep(6_000);
    expect(isDone(await team.get(KUSTOMIZATIONS, "buckets"))).toBe(false);
    expect(await team.find(DEPLOYMENTS, "archivist")).toBeUndefined();
    release();

    await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
    expect(isReady(await team.get(S3_BUCKETS, "archive"))).toBe(true);
    expect(isReady(await team.get(BUCKET_ACCESSES, "archive"))).toBe(true);
    await team.when(KUSTOMIZATIONS, "app", isAt(revision));
    await team.get(DEPLOYMENTS, "archivist");
    expect((await atAws(team, "archive")).versioning).toBe("Enabled");
  });

  test("Flux and the operator do not fight over any object, the annotated ServiceAccount included", async () => {
    using team = await newTeam();
    await deliver(team, EXAMPLE);
    const account = await team.get(SERVICE_ACCOUNTS, "archivist");
    expect(account.metadata.annotations).toHaveProperty(["eks.amazonaws.com/role-arn"]);
    const objects = async () =>
      Promise.all(
        [team.get(SERVICE_ACCOUNTS, "archivist"), team.get(S3_BUCKETS, "archive")].concat(
          team.get(BUCKET_ACCESSES, "archive"),
        ),
      );
    const before = await objects();
    const { calls } = flux.platform.simulator;
    const written = calls.writes().length;
    for (let round = 0; round < 3; round += 1) {
      expect(isDone(await team.reconcile(KUSTOMIZATIONS, "buckets"))).toBe(true);
    }
    expect(await objects()).toEqual(before);
    for (const resource of [S3_BUCKETS, BUCKET_ACCESSES]) await team.compare(resource, "archive");
    expect(isDone(await team.reconcile(KUSTOMIZATIONS, "buckets"))).toBe(true);
    expect(calls.writes()).toHaveLength(written);
    expect((await team.get(SERVICE_ACCOUNTS, "archivist")).metadata.annotations).toEqual(account.metadata.annotations);
    expect(await corrections(team)).toEqual([]);
  });
});

/** Events of Kustomizations that tell of a change of an object after its creation. */
async function corrections({ namespace }: Team): Promise<string[]> {
  const output = await flux.platform.kubectl(["get", "events", `--namespace=${namespace}`, "--output=json"]);
  const { items } = JSON.parse(output) as { items: { message: string; involvedObject: { kind: string } }[] };
  return items.flatMap(({ message }) => message.split("\n")).filter((line) => line.endsWith(" configured"));
}

describe("an edit in Git", () => {
  test("reaches AWS before the Kustomization is ready again", async () => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", {})] });
    const revision = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", { versioning: "Enabled" })] });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
    expect((await atAws(team, "docs")).versioning).toBe("Enabled");
  });

  test("that AWS refuses fails the health check at once, and the commit that repairs it makes the Kustomization ready", async () => {
    using team = await newTeam();
    await deliver(team, EXAMPLE);
    const wrong = await team.push({ "buckets/bucket.yaml": [archive(REFUSED)] });
    const failed = await team.when(KUSTOMIZATIONS, "buckets", hasFailed(wrong, "HealthCheckFailed"));
    // Not "timeout waiting for", which takes the five minutes of spec.timeout.
    expect(condition(failed, "Ready")?.message).toContain("failed early due to stalled resources");
    expect(condition(failed, "Ready")?.message).toContain(`S3Bucket/${team.namespace}/archive`);
    const repaired = await team.push({ "buckets/bucket.yaml": [archive({ versioning: "Suspended" })] });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(repaired));
    expect((await atAws(team, "archive")).versioning).toBe("Suspended");
  });

  test("whose error lasts fails the health check after --stalled-after, and succeeds at the next retry when the cause is gone", async () => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", {})] }, { retryInterval: "2s" });
    const name = (await atAws(team, "docs")).name;
    const recover = flux.platform.simulator.faults.internalError({ bucket: name, operation: "PutBucketVersioning" });
    const revision = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", { versioning: "Enabled" })] });
    const failed = await team.when(KUSTOMIZATIONS, "buckets", hasFailed(revision, "HealthCheckFailed"));
    expect(condition(failed, "Ready")?.message).toContain("failed early due to stalled resources");
    recover();
    await team.compare(S3_BUCKETS, "docs");
    await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
  });

  test("that the API server refuses changes nothing, and the commit that repairs it is applied", async () => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", {})] });
    const spec = { versioning: "On" } as unknown as S3BucketSpec;
    const wrong = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", spec)] });
    await team.when(KUSTOMIZATIONS, "buckets", hasFailed(wrong, "ReconciliationFailed"));
    expect(isReady(await team.get(S3_BUCKETS, "docs"))).toBe(true);
    const repaired = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", { versioning: "Enabled" })] });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(repaired));
  });
});

describe("drift at AWS", () => {
  test("is corrected by the operator, and Flux stays ready", async () => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", { versioning: "Enabled" })] });
    const before = await team.get<FluxObject>(KUSTOMIZATIONS, "buckets");
    (await atAws(team, "docs")).versioning = "Suspended";
    await team.compare(S3_BUCKETS, "docs");
    expect((await atAws(team, "docs")).versioning).toBe("Enabled");
    expect(isDone(await team.reconcile(KUSTOMIZATIONS, "buckets"))).toBe(true);
    expect((await team.get<FluxObject>(KUSTOMIZATIONS, "buckets")).metadata.generation).toBe(
      before.metadata.generation,
    );
    expect(await corrections(team)).toEqual([]);
  });

  test("is corrected while Flux is suspended, and an edit in Git is applied when Flux resumes", async () => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", { versioning: "Enabled" })] });
    await team.edit(KUSTOMIZATIONS, "buckets", { suspend: true });
    (await atAws(team, "docs")).versioning = "Suspended";
    await team.compare(S3_BUCKETS, "docs");
    expect((await atAws(team, "docs")).versioning).toBe("Enabled");
    const edited = bucketOf("docs", { versioning: "Suspended" });
    const revision = await team.push({ "buckets/bucket.yaml": [edited] });
    // Longer than Flux takes to apply it.
    await sleep(3_000);
    expect((await team.get<S3Bucket>(S3_BUCKETS, "docs")).spec.versioning).toBe("Enabled");
    await team.edit(KUSTOMIZATIONS, "buckets", { suspend: false });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
    expect((await atAws(team, "docs")).versioning).toBe("Suspended");
  });
});

describe("the operator's annotations", () => {
  test("in Git pause and resume an object, and a paused one is ready", async () => {
    using team = await newTeam();
    const spec: S3BucketSpec = { versioning: "Enabled" };
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", spec)] });
    const paused = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", spec, { [PAUSED]: "true" })] });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(paused));
    // An annotation is no new generation, so that Flux does not wait for the operator.
    await team.when<S3Bucket>(S3_BUCKETS, "docs", (bucket) => condition(bucket, "Paused")?.status === "True");
    (await atAws(team, "docs")).versioning = "Suspended";
    await team.request(S3_BUCKETS, "docs");
    // A paused object is not reconciled, so that nothing tells when the request was seen.
    await sleep(3_000);
    expect((await atAws(team, "docs")).versioning).toBe("Suspended");
    const resumed = await team.push({ "buckets/bucket.yaml": [bucketOf("docs", spec)] });
    await team.when(KUSTOMIZATIONS, "buckets", isAt(resumed));
    await team.when<S3Bucket>(S3_BUCKETS, "docs", ({ status }) => status?.drift?.lastCorrectedTime !== undefined);
    expect((await atAws(team, "docs")).versioning).toBe("Enabled");
  });

  test.each([
    { manager: "kubectl-annotate", kept: false },
    { manager: "person", kept: true },
  ])("set by kubectl with the field manager $manager are kept by Flux: $kept", async ({ manager, kept }) => {
    using team = await newTeam();
    await deliver(team, { "buckets/bucket.yaml": [bucketOf("docs", {})] });
    const annotation = [`${PAUSED}=true`, `--field-manager=${manager}`];
    await flux.platform.kubectl(["annotate", "s3bucket/docs", `--namespace=${team.namespace}`, ...annotation]);
    await team.when(S3_BUCKETS, "docs", (bucket) => condition(bucket, "Paused")?.status === "True");
    await team.reconcile(KUSTOMIZATIONS, "buckets");
    const { metadata } = await team.get(S3_BUCKETS, "docs");
    expect(metadata.annotations?.[PAUSED]).toBe(kept ? "true" : undefined);
  });
});

describe("pruning", () => {
  test("deletes an access with its role, keeps a bucket with prune: disabled, and releases or deletes the others", async () => {
    using team = await newTeam();
    const [serviceAccount, access] = objectsIn("gitops/access.yaml");
    await deliver(team, {
      "buckets/bucket.yaml": textOf("gitops/bucket.yaml"),
      "buckets/access.yaml": [serviceAccount, access] as KubeObject[],
      "buckets/retained.yaml": [bucketOf("retained", {})],
      "buckets/deleted.yaml": [bucketOf("deleted", { deletionPolicy: "DeleteIfEmpty" })],
      "buckets/stays.yaml": [bucketOf("stays", {})],
    });
    const [archived, retained, deleted] = await Promise.all(
      ["archive", "retained", "deleted"].map(async (name) => (await atAws(team, name)).name),
    );
    const { status } = await team.get<BucketAccess>(BUCKET_ACCESSES, "archive");
    const role = status?.roles?.[0]?.arn ?? "";
    const { account } = flux.platform;
    expect(account.roles.has(role)).toBe(true);
    const paths = ["bucket", "access", "retained", "deleted"].map((name) => [`buckets/${name}.yaml`, null] as const);
    const revision = await team.push(Object.fromEntries(paths));
    await team.when(KUSTOMIZATIONS, "buckets", isAt(revision));
    await team.gone(BUCKET_ACCESSES, "archive");
    await team.gone(S3_BUCKETS, "retained");
    await team.gone(S3_BUCKETS, "deleted");
    expect(account.roles.has(role)).toBe(false);
    expect(isReady(await team.get(S3_BUCKETS, "archive"))).toBe(true);
    const left = [archived, retained, deleted].map((name) => account.buckets.has(name ?? ""));
    expect(left).toEqual([true, true, false]);
  });
});

describe("the deletion of a Kustomization with WaitForTermination", () => {
  const ACCOUNT = (name: string) => ({
    apiVersion: API_VERSION,
    kind: "AWSAccount",
    metadata: { name },
    spec: { accountId: flux.platform.account.id, region: "eu-central-1" },
  });

  test("deletes the AWSAccount last, and ends when all objects are gone", async () => {
    using team = await newTeam();
    const name = team.namespace;
    const accountRef = { name };
    await deliver(team, {
      "buckets/account.yaml": [ACCOUNT(name)],
      "buckets/bucket.yaml": [bucketOf("docs", { accountRef, deletionPolicy: "DeleteIfEmpty" })],
    });
    const bucket = (await atAws(team, "docs")).name;
    const release = hold("DeleteBucket");
    await team.delete(KUSTOMIZATIONS, "buckets");
    await team.when(AWS_ACCOUNTS, name, ({ metadata }) => metadata.deletionTimestamp !== undefined);
    await team.when(AWS_ACCOUNTS, name, isReconciling("AccountInUse"));
    await team.get(KUSTOMIZATIONS, "buckets");
    await team.get(S3_BUCKETS, "docs");
    release();
    await team.gone(KUSTOMIZATIONS, "buckets");
    expect(await team.find(S3_BUCKETS, "docs")).toBeUndefined();
    expect(await team.find(AWS_ACCOUNTS, name)).toBeUndefined();
    expect(flux.platform.account.buckets.has(bucket)).toBe(false);
  });

  test("waits for a bucket that cannot be deleted until spec.timeout, says so in an Event, and leaves the S3Bucket", async () => {
    using team = await newTeam();
    const bucket = bucketOf("docs", { deletionPolicy: "DeleteIfEmpty" });
    await deliver(team, { "buckets/bucket.yaml": [bucket] }, { timeout: "20s" });
    (await atAws(team, "docs")).fillWith({ keys: 1 });
    await team.delete(KUSTOMIZATIONS, "buckets");
    await team.when(S3_BUCKETS, "docs", isReconciling("BucketNotEmpty"));
    await team.get(KUSTOMIZATIONS, "buckets");
    await team.gone(KUSTOMIZATIONS, "buckets");
    const events = await flux.platform.kubectl(["get", "events", `--namespace=${team.namespace}`]);
    expect(events).toContain("failed to wait for resources termination");
    expect((await team.get(S3_BUCKETS, "docs")).metadata.deletionTimestamp).toBeDefined();
    (await atAws(team, "docs")).objects.clear();
    await team.request(S3_BUCKETS, "docs");
    await team.gone(S3_BUCKETS, "docs");
  });
});
