/** Runs the operator as the chart's ServiceAccount with the chart's rules: they are sufficient, and all are used. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount } from "../../../operator/api/types.ts";
import type { KubeObject, Resource } from "../../../operator/kube/object.ts";
import type { Rule } from "../../../operator/kube/rbac.ts";
import { auditOf, isDenied, permission, permissionsOf } from "../../helm/support/audit.ts";
import { startContainer, writeTokenKubeconfig } from "../../helm/support/container.ts";
import { CHART, createHelm, objectsIn, only } from "../../helm/support/helm.ts";
import { containerOf, type Deployment } from "../../helm/support/workload.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { awsEnvironment } from "../support/process/operator.ts";
import {
  accessesOf,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  roleOf,
  SERVICE_ACCOUNTS,
  workloadAccount,
} from "../support/world/access.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { createWorld, type World } from "../support/world/world.ts";

const NAME = "s3-operator";
let bundle: string;
let folder: string;

beforeAll(async () => {
  bundle = await ensureBundle();
  folder = await mkdtemp(join(tmpdir(), "s3-operator-rbac-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function succeed(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(world, ...args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/**
 * The chart in the world's namespace, without its CRDs, which exist, and its Deployment, for which there is no node.
 */
async function installChart(world: World, args: readonly string[]): Promise<KubeObject[]> {
  await using helm = await createHelm("helm4");
  const environment = Object.entries({ ...awsEnvironment(world), AWS_CA_BUNDLE: undefined });
  const extraEnv = environment.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const values = {
    crds: { enabled: false },
    watch: { selector: world.selector },
    operator: { s3ForcePathStyle: true },
  };
  const file = join(folder, `${world.name}.json`);
  await writeFile(file, JSON.stringify({ ...values, extraEnv }));
  const yaml = await helm.output("template", NAME, CHART, `--namespace=${world.name}`, `--values=${file}`, ...args);
  const objects = objectsIn(yaml);
  const rest = objects.filter(({ kind }) => kind !== "Deployment");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: rest }));
  // Each object in its own namespace.
  await succeed(world, "apply", "--server-side", "--namespace=", `--filename=${file}`);
  return objects;
}

async function startAsServiceAccount(world: World, objects: readonly KubeObject[]) {
  const deployment = only(objects, "Deployment") as Deployment;
  const { serviceAccountName } = deployment.spec.template.spec;
  const token = await succeed(world, "create", "token", serviceAccountName);
  const kubeconfigPath = join(folder, `${world.name}.kubeconfig`);
  await writeTokenKubeconfig(await readFile(world.kubeconfigPath, "utf8"), token, kubeconfigPath);
  return startContainer(containerOf(deployment.spec.template.spec), { bundle, kubeconfigPath });
}

/** Causes every kind of request of the operator to the API server. */
async function exercise(world: World): Promise<void> {
  await world.applyAccount(workloadAccount(world));
  await readyBucket(world, "docs");
  await repeatEvents(world);
  await grantAccess(world);
  await untilReadAnew(world, S3_BUCKETS, (name) => readyBucket(world, name));
  await untilReadAnew(world, BUCKET_ACCESSES, (name) => readyAccess(world, name));
  await untilReadAnew(world, AWS_ACCOUNTS, (name) => unusedAccount(world, name));
}

/** An event that repeats is counted, in the bucket's namespace and in "default". */
async function repeatEvents(world: World): Promise<void> {
  const { faults } = world.simulator;
  const denial = faults.deny("s3:GetBucketVersioning");
  await reconcileAgain(world, "docs");
  denial();
  await reconcileAgain(world, "docs");
  const readiness = async (status: string) => {
    const account = () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name });
    await eventually(
      account,
      (found) => found.status?.conditions?.find(({ type }) => type === "Ready")?.status === status,
    );
  };
  await readiness("True");
  const failure = faults.internalError({ operation: "GetCallerIdentity" });
  const annotations = { [RECONCILE_REQUESTED_AT]: "now" };
  await world.kube.mergePatch(AWS_ACCOUNTS, { name: world.name }, { metadata: { annotations } });
  await readiness("False");
  failure();
  await readiness("True");
}

/** The outputs of an access are written, and removed when it is deleted. */
async function grantAccess(world: World): Promise<void> {
  using accesses = await accessesOf(world);
  await createServiceAccount(world, world.name, "app");
  const annotation = async () => {
    const { metadata } = await world.kube.get(SERVICE_ACCOUNTS, { namespace: world.name, name: "app" });
    return metadata.annotations?.["eks.amazonaws.com/role-arn"];
  };
  const access = await accesses.ready("reader", { annotateServiceAccount: true });
  const { arn } = roleOf(world, access);
  expect(await annotation()).toBe(arn);
  expect((await findConfigMap(world, world.name, "reader"))?.data).toMatchObject({ ROLE_ARN: arn });
  await expectAccessInvariants(world, accesses);

  await accesses.remove("reader");
  expect(await annotation()).toBeUndefined();
  expect(await findConfigMap(world, world.name, "reader")).toBeUndefined();
}

async function readyBucket(world: World, name: string): Promise<void> {
  await world.applyBucket(name, { bucketName: world.bucketName(name), versioning: "Enabled" });
  await world.bucketWhen(name, isReady);
}

async function readyAccess(world: World, name: string): Promise<void> {
  using accesses = await accessesOf(world);
  await accesses.ready(name, {});
}

/** An account that its deletion releases: it has the finalizer of an account in use, and its user is being deleted. */
async function unusedAccount(world: World, name: string): Promise<void> {
  await world.applyAccount({}, name);
  await world.applyBucket(name, { bucketName: world.bucketName(name), accountRef: { name } });
  await world.bucketWhen(name, isReady);
  await eventually(
    () => world.kube.get(AWS_ACCOUNTS, { name }),
    ({ metadata }) => metadata.finalizers !== undefined,
  );
  await world.deleteBucket(name);
}

/** Repeats until a finalizer was removed while another client wrote to the object, so that it was read again. */
async function untilReadAnew(world: World, resource: Resource, make: (name: string) => Promise<void>): Promise<void> {
  const readAnew = permission("get", resource.group, resource.plural);
  for (let round = 0; !(await audit(world)).flatMap(permissionsOf).includes(readAnew); round += 1) {
    if (round === 20) throw new Error("No other write came before the operator's");
    const name = `${world.name}-${round}`;
    await make(name);
    await deleteFoughtOver(world, resource, name);
  }
}

async function deleteFoughtOver({ kube, name: namespace }: World, resource: Resource, name: string): Promise<void> {
  const key = resource.namespaced ? { namespace, name } : { name };
  const over = new AbortController();
  const fight = async (writer: string) => {
    for (let count = 0; !over.signal.aborted; count += 1)
      await kube.mergePatch(resource, key, { metadata: { annotations: { [writer]: String(count) } } }).catch(() => {});
  };
  const fights = ["a", "b", "c", "d"].map(fight);
  await kube.delete(resource, key);
  await eventually(
    () => kube.list(resource, resource.namespaced ? { namespace } : {}),
    ({ items }) => items.every(({ metadata }) => metadata.name !== name),
  );
  over.abort();
  await Promise.all(fights);
}

const audit = ({ kubeconfigPath, name }: World) => auditOf(kubeconfigPath, name, NAME);

interface Role extends KubeObject {
  rules: Rule[];
}

/** The rules of the operator's roles, by namespace (none: all namespaces). Roles for users are not bound to it. */
function granted(objects: readonly KubeObject[]): { namespace: string | undefined; permission: string }[] {
  const roles = objects.filter(
    ({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && !/-(view|edit)$/.test(metadata.name),
  );
  return (roles as Role[]).flatMap(({ metadata: { namespace }, rules }) =>
    rules.flatMap(({ apiGroups: [group], resources: [resource], verbs }) =>
      verbs.map((verb) => ({ namespace, permission: permission(verb, group, resource) })),
    ),
  );
}

const FORBIDDEN = [
  "get secrets",
  "create s3buckets",
  "delete s3buckets",
  "create awsaccounts",
  "create bucketaccesses",
  "delete bucketaccesses",
  "list configmaps",
  "create serviceaccounts",
  "create serviceaccounts/token",
  "patch crd",
  "create pods",
];

test.concurrent.each([
  ["all namespaces", () => []],
  ["a list of namespaces", ({ name }: World) => [`--set=watch.namespaces={${name}}`]],
])("watching %s: no call is denied, no rule unused", async (_, argsFor) => {
  await using world = await createWorld();
  const objects = await installChart(world, argsFor(world));
  const { process: operator } = await startAsServiceAccount(world, objects);
  await using _killed = operator;
  await exercise(world);
  await expectInvariants(world);
  operator.child.kill("SIGTERM");
  expect(await operator.exited, operator.output()).toEqual({ code: 0, signal: null });

  const events = await audit(world);
  expect(events.filter(isDenied)).toEqual([]);
  const used = events.flatMap((event) =>
    permissionsOf(event).map((each) => ({ namespace: event.objectRef?.namespace, permission: each })),
  );
  const unused = granted(objects).filter(
    (grant) =>
      !used.some((use) => use.permission === grant.permission && (grant.namespace ?? use.namespace) === use.namespace),
  );
  expect(unused).toEqual([]);

  const as = `--as=system:serviceaccount:${world.name}:${NAME}`;
  for (const what of FORBIDDEN) {
    const { stdout } = await kubectl(world, "auth", "can-i", ...what.split(" "), as);
    expect(stdout.trim(), what).toBe("no");
  }
});
