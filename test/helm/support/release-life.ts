/**
 * The life of a release, with real Helm on a control plane of its own: install, upgrade, rollback, uninstall, and
 * install again.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount, S3Bucket } from "../../../operator/api/types.ts";
import { isReady } from "../../integration/support/expect/states.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { ACCOUNT_ID, createCluster, SYSTEM, WAIT, type Cluster } from "./cluster.ts";
import { CHART, createHelm, type HelmName } from "./helm.ts";
import type { Pod } from "./workload.ts";

const BUCKET = { namespace: "default", name: "documents" };

/** Each test builds on the one before. */
export function releaseLife(helmName: HelmName): void {
  // Two operators, a control plane and Helm at once are slow on a busy machine.
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createCluster(helmName);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const bucket = () => cluster.kube.get<S3Bucket>(S3_BUCKETS, BUCKET);
  const account = () => cluster.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: "default" });
  const kubectl = async (...args: string[]) => {
    const { code, stdout, stderr } = await cluster.controlPlane.kubectl(args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const helm = (...args: string[]) => cluster.helm.output(...args, `--namespace=${SYSTEM}`);
  const refused = async (...args: string[]) => {
    const { code, stderr } = await cluster.helm.run(...args);
    expect(code).not.toBe(0);
    return stderr;
  };
  /** Waits until only processes with this log level run. */
  const expectLogLevel = async (level: string) => {
    const levels = () =>
      cluster.node.running().flatMap(({ child }) => child.spawnargs.filter((arg) => /log-level/.test(arg)));
    await eventually(levels, (found) => found.length === 2 && found.every((arg) => arg === `--log-level=${level}`));
  };

  /** The operator's writes at AWS during `work` and one reconcile of the bucket. */
  async function writesDuring(work: () => Promise<unknown>): Promise<string[]> {
    const before = cluster.simulator.calls.all.length;
    await work();
    const request = randomUUID();
    const annotations = { [RECONCILE_REQUESTED_AT]: request };
    await cluster.kube.mergePatch(S3_BUCKETS, BUCKET, { metadata: { annotations } });
    const reconciled = await eventually(bucket, ({ status }) => status?.reconcileRequestedAt === request);
    expect(isReady(reconciled)).toBe(true);
    const calls = cluster.simulator.calls.all.slice(before);
    expect(calls.length, "the operator has read the bucket").toBeGreaterThan(0);
    return calls.filter(({ write }) => write).map(({ operation }) => operation);
  }

  test("after install --wait, the quick start's bucket becomes Ready", async () => {
    const notes = await cluster.release("install");
    expect(notes).toContain("kubectl get awsaccount default");
    expect((await account()).spec).toMatchObject({ accountId: ACCOUNT_ID, default: true });
    await kubectl("apply", "--filename=examples/quickstart/bucket.yaml");
    await eventually(bucket, isReady);
    expect(cluster.account.buckets.size).toBe(1);
  });

  test("the chart's Pods are admitted where the restricted Pod Security Standard is enforced", async () => {
    const pods = JSON.parse(await kubectl("get", "pods", `--namespace=${SYSTEM}`, "--output=json")) as { items: Pod[] };
    expect(pods.items).toHaveLength(2);
    const args = [`--namespace=${SYSTEM}`, "--image=example.test/web", "--dry-run=server"];
    const { code, stderr } = await cluster.controlPlane.kubectl(["run", "web", ...args]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('violates PodSecurity "restricted');
  });

  test("the aggregated ClusterRoles have rules for our kinds", async () => {
    const can = async (role: string, verb: string) => {
      const as = ["--namespace=default", `--as=${role}er`];
      return (await cluster.controlPlane.kubectl(["auth", "can-i", verb, "s3buckets", ...as])).stdout.trim();
    };
    for (const role of ["view", "edit"]) {
      await kubectl("create", "rolebinding", role, "--namespace=default", `--clusterrole=${role}`, `--user=${role}er`);
    }
    await eventually(
      () => can("view", "get"),
      (answer) => answer === "yes",
    );
    expect(await can("view", "create")).toBe("no");
    expect(await can("edit", "create")).toBe("yes");
  });

  test.each([
    [{ baseline: "None" }, "spec.baseline may not be None"],
    [{ publicAccessBlock: open() }, "spec.publicAccessBlock may not open the bucket"],
    [{ objectOwnership: "ObjectWriter" }, "spec.objectOwnership must be BucketOwnerEnforced"],
    [{ encryption: { blockedEncryptionTypes: ["NONE"] } }, "spec.encryption.blockedEncryptionTypes must have SSE-C"],
    [{ policy: { minimumTLSVersion: "None" } }, "spec.policy.minimumTLSVersion may not be None"],
    [{ bucketName: "another-teams" }, "spec.bucketName must begin with default-"],
    [{ adoptionPolicy: "Adopt" }, "spec.adoptionPolicy may not be Adopt"],
    [{ deletionPolicy: "DeleteWithContents" }, "spec.deletionPolicy may not be DeleteWithContents"],
  ])("the admission policies refuse %j", async (spec, message) => {
    const object = { apiVersion: API_VERSION, kind: "S3Bucket", metadata: { namespace: "default", name: "bad" }, spec };
    const input = JSON.stringify(object);
    const { code, stderr } = await cluster.controlPlane.kubectl(["create", "--dry-run=server", "--filename=-"], {
      input,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  test("the admission policies allow the same fields with secure values", async () => {
    const spec = { publicAccessBlock: open(true), bucketName: "default-own", encryption: { sseAlgorithm: "AES256" } };
    const object = {
      apiVersion: API_VERSION,
      kind: "S3Bucket",
      metadata: { namespace: "default", name: "good" },
      spec,
    };
    const input = JSON.stringify(object);
    const args = ["create", "--dry-run=server", "--filename=-"];
    expect(await cluster.controlPlane.kubectl(args, { input })).toMatchObject({ code: 0 });
  });

  test("an upgrade replaces the processes, writes nothing to AWS, and takes over the AWSAccount", async () => {
    const before = await bucket();
    expect(await writesDuring(() => cluster.release("upgrade", "--set=operator.logLevel=debug"))).toEqual([]);
    await expectLogLevel("debug");
    expect(await helm("get", "manifest", "s3-operator")).toContain("kind: AWSAccount");
    const after = await bucket();
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.generation).toBe(before.metadata.generation);
  });

  test("a rollback restores the old state, writes nothing to AWS, and keeps the AWSAccount", async () => {
    const { metadata } = await account();
    expect(await writesDuring(() => helm("rollback", "s3-operator", "1", ...WAIT))).toEqual([]);
    await expectLogLevel("info");
    expect((await account()).metadata.uid).toBe(metadata.uid);
  });

  test("an upgrade to Pods that cannot start fails, and is rolled back", async () => {
    const back = helmName === "helm4" ? "--rollback-on-failure" : "--atomic";
    const failing = cluster.release("upgrade", "--set=extraArgs={--no-such-flag=1}", back, "--timeout=10s");
    expect(await writesDuring(() => expect(failing).rejects.toThrow(/upgrade|UPGRADE/))).toEqual([]);
    expect(cluster.node.processes().some((each) => each.output().includes("unknown flag --no-such-flag"))).toBe(true);
    const left = () => cluster.node.running();
    await eventually(left, (running) => running.length === 2 && running.every(({ child }) => child.exitCode === null));
  });

  test("a second release with the same scope is refused, and one with another scope is installed", async () => {
    const elsewhere = ["install", "other", CHART, "--namespace=other", "--create-namespace"];
    expect(await refused(...elsewhere)).toMatch(/CustomResourceDefinition ".*" in namespace "" exists.*"s3-operator"/s);
    const second = [...elsewhere, "--set=crds.enabled=false"];
    expect(await refused(...second)).toMatch(/ClusterRole "s3-operator.*" in namespace "" exists.*"s3-operator"/s);
    const shard = ["--set=crds.enabled=false", "--set=watch.selector=shard=b"];
    const beside = await refused("install", "other", CHART, `--namespace=${SYSTEM}`, ...shard);
    expect(beside).toMatch(/Role "s3-operator-leader-election".*exists/s);
    await cluster.helm.output(...elsewhere, ...shard);
    await cluster.helm.output("uninstall", "other", "--namespace=other");
  });

  test("a second release in the same namespace with a lease of its own is installed", async () => {
    const shard = ["--set=crds.enabled=false", "--set=watch.selector=shard=b", "--set=leaderElection.name=shard-b"];
    await helm("install", "other", CHART, ...shard, ...WAIT);
    const lease = ["lease/shard-b", `--namespace=${SYSTEM}`];
    await kubectl("wait", ...lease, "--for=jsonpath={.spec.holderIdentity}", "--timeout=20s");
    await helm("uninstall", "other", ...WAIT);
    await eventually(
      () => cluster.node.running(),
      (running) => running.length === 2,
    );
  });

  test("an uninstall keeps the objects of users in Kubernetes, and their buckets at AWS", async () => {
    const calls = cluster.simulator.calls.all.length;
    await helm("uninstall", "s3-operator", ...WAIT);
    await eventually(
      () => cluster.node.running(),
      (running) => running.length === 0,
    );
    for (const { exited } of cluster.node.processes()) expect((await exited).signal).toBeNull();
    expect(cluster.simulator.calls.all.slice(calls).filter(({ write }) => write)).toEqual([]);
    expect(isReady(await bucket())).toBe(true);
    expect((await account()).metadata.deletionTimestamp).toBeUndefined();
    expect(cluster.account.buckets.size).toBe(1);
    const kinds = "all,serviceaccounts,roles,networkpolicies";
    const left = () => kubectl("get", kinds, `--namespace=${SYSTEM}`, "--output=name");
    await eventually(left, (names) => names.trim() === "serviceaccount/default");
  });

  test("a new install takes over the objects without a write to AWS", async () => {
    expect(await writesDuring(() => cluster.release("install"))).toEqual([]);
    expect(await helm("get", "manifest", "s3-operator")).toContain("kind: AWSAccount");
  });

  if (helmName === "helm3") {
    test("Helm 4 upgrades a release of Helm 3", async () => {
      await using helm4 = await createHelm("helm4", cluster.controlPlane.kubeconfigPath);
      expect(await writesDuring(() => cluster.releaseBy(helm4, "upgrade", "--set=operator.logLevel=debug"))).toEqual(
        [],
      );
      await expectLogLevel("debug");
    });
  }

  test("without AWS credentials the operator runs and the AWSAccount reports it; with credentials it recovers", async () => {
    const variables = { AWS_ENDPOINT_URL: cluster.simulator.url, AWS_EC2_METADATA_DISABLED: "true" };
    const extraEnv = JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value })));
    const impatient = helmName === "helm4" ? "--wait=hookOnly" : "--wait=false";
    await cluster.release("upgrade", `--set-json=extraEnv=${extraEnv}`, impatient);
    await kubectl("rollout", "status", "deployment/s3-operator", `--namespace=${SYSTEM}`, "--timeout=60s");
    const reason = ({ status }: AWSAccount) => status?.conditions?.find(({ type }) => type === "Ready")?.reason;
    await eventually(account, (found) => reason(found) === "Credentials");
    expect(await writesDuring(() => cluster.release("upgrade"))).toEqual([]);
    // Helm 3 does not wait for custom resources.
    if (helmName === "helm3") await eventually(account, (found) => reason(found) === "Succeeded");
    expect(reason(await account())).toBe("Succeeded");
  });

  test("install.yaml takes over from Helm, and Helm takes over again with --take-ownership", async () => {
    await helm("uninstall", "s3-operator", ...WAIT);
    await kubectl("apply", "--server-side", "--force-conflicts", "--filename=install.yaml");
    await kubectl("rollout", "status", "deployment/s3-operator", `--namespace=${SYSTEM}`, "--timeout=60s");
    const install = ["install", "s3-operator", CHART, `--namespace=${SYSTEM}`];
    expect(await refused(...install)).toContain("invalid ownership metadata");
    const ownership = helmName === "helm4" ? ["--take-ownership", "--force-conflicts"] : ["--take-ownership"];
    expect(await writesDuring(() => cluster.release("install", ...ownership))).toEqual([]);
  });
}

function open(blocked = false): object {
  const all = { blockPublicAcls: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  return { ...all, blockPublicPolicy: blocked };
}
