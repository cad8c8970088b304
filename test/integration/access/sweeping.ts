import { pino } from "pino";
import { roleHashOf, roleNamesOf } from "../../../operator/access/sweep/names.ts";
import { createAccessSweep, type SweepDependencies } from "../../../operator/access/sweep/sweep.ts";
import { createRoleMemory } from "../../../operator/access/workload/memory.ts";
import type { AccountContext } from "../../../operator/account/dependencies.ts";
import { BUCKET_ACCESSES } from "../../../operator/api/names.ts";
import type { RoleOwner } from "../../../operator/api/ownership.ts";
import type { AWSAccount, BucketAccess } from "../../../operator/api/types.ts";
import { createAws } from "../../../operator/aws/session.ts";
import { systemClock } from "../../../operator/clock.ts";
import type { EventDetail } from "../../../operator/kube/events.ts";
import type { Role } from "../../aws/index.ts";
import { awsEnvironment } from "../support/process/operator.ts";
import { CLUSTER, workloadAccount } from "../support/world/access.ts";
import type { World } from "../support/world/world.ts";

export const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/ABC123";

/** The value of --cluster-name. */
const OPERATOR_CLUSTER = "test";

export interface ManagedRole {
  owner: Omit<RoleOwner, "cluster">;
  /** Issuer in the trust policy; or the name of an EKS cluster, for Pod Identity. */
  issuer?: string;
  eksCluster?: string;
  path?: string;
}

/** Adds a role as the operator makes them, with a policy. */
export function addManagedRole({ account }: World, { owner, issuer = ISSUER, eksCluster, path }: ManagedRole): Role {
  const { namespace, kind, name } = owner;
  const key = roleHashOf({ cluster: OPERATOR_CLUSTER, ...owner });
  const tags = { "s3-operator.io/cluster": OPERATOR_CLUSTER, "s3-operator.io/namespace": namespace };
  const nameTag = kind === "ServiceAccount" ? "s3-operator.io/service-account" : "s3-operator.io/name";
  const role = addRoleAt(account, path ?? "/s3-operator/", `${OPERATOR_CLUSTER}-${namespace}-${key}`.slice(-64));
  role.tags = new Map(Object.entries({ ...tags, [nameTag]: name }));
  role.assumeRolePolicy = trust(
    eksCluster === undefined
      ? {
          Principal: { Federated: `arn:aws:iam::${account.id}:oidc-provider/${issuer}` },
          Action: "sts:AssumeRoleWithWebIdentity",
        }
      : {
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
          Condition: {
            StringEquals: {
              "aws:RequestTag/eks-cluster-arn": `arn:aws:eks:eu-central-1:${account.id}:cluster/${eksCluster}`,
            },
          },
        },
  );
  role.inlinePolicies.set("s3-operator-grants", POLICY);
  return role;
}

/** Adds the role that the operator makes for the access. */
export function addRoleOf(world: World, access: BucketAccess): Role {
  const { namespace = "" } = access.metadata;
  const name = access.spec.serviceAccountRefs?.[0]?.name ?? "";
  const [roleName = ""] = roleNamesOf(OPERATOR_CLUSTER, access);
  const made = addManagedRole(world, { owner: { namespace, kind: "ServiceAccount", name } });
  world.account.roles.delete(made.arn);
  return Object.assign(addRoleAt(world.account, made.path, roleName), {
    tags: made.tags,
    assumeRolePolicy: made.assumeRolePolicy,
    inlinePolicies: made.inlinePolicies,
  });
}

export const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});

function trust(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

export function addRoleAt(account: World["account"], path: string, name: string): Role {
  const role = account.addRole(name);
  account.roles.delete(role.arn);
  Object.assign(role, { path, arn: `arn:aws:iam::${account.id}:role${path}${name}` });
  account.roles.set(role.arn, role);
  return role;
}

export interface DirectSweep extends Disposable {
  sweep(): Promise<number>;
  events: EventDetail[];
}

/** Sweeps of an operator that has these BucketAccesses in its cache, and takes each one for wanted. */
export async function directSweep(
  world: World,
  accesses: readonly BucketAccess[] = [],
  overrides: Partial<SweepDependencies> = {},
): Promise<DirectSweep> {
  Object.assign(process.env, awsEnvironment(world));
  const account = await world.applyAccount(workloadAccount(world));
  const aws = createAws({ clock: systemClock, userAgent: "s3-operator/test" });
  const identity = { accountId: world.account.id, region: "eu-central-1" };
  const events: EventDetail[] = [];
  const sweepAccess = createAccessSweep({
    client: world.kube,
    directory: directoryOf(world, account),
    accesses: () => accesses,
    cluster: OPERATOR_CLUSTER,
    watchNamespaces: [],
    watchSelector: world.selector,
    roles: createRoleMemory(() => systemClock.monotonic()),
    pollIntervalMs: 0,
    clock: systemClock,
    onRevoked: () => undefined,
    ...overrides,
  });
  const context = {
    object: account,
    signal: new AbortController().signal,
    log: pino({ enabled: false }),
    event: (detail: EventDetail) => void events.push(detail),
  } as unknown as AccountContext;
  return {
    sweep: async () => sweepAccess(await aws.session(identity), context),
    events,
    [Symbol.dispose]: () => aws.destroy(),
  };
}

/** A directory in which the bucket "docs" of the world's namespace is there. */
function directoryOf({ name }: World, account: AWSAccount): SweepDependencies["directory"] {
  const metadata = { namespace: name, name: "docs" };
  const bucket = { apiVersion: "", kind: "S3Bucket", metadata, spec: { accountRef: { name } } };
  return {
    accounts: () => [account],
    accessesOf: () => [],
    namespace: (namespace) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }),
    bucket: (key) => (key.namespace === name && key.name === "docs" ? bucket : undefined),
  };
}

/** Deletes a BucketAccess as a user who may edit it can: the operator's finalizer first. */
export async function deleteWithoutFinalizer({ kube }: World, namespace: string, name: string): Promise<void> {
  await kube.mergePatch(BUCKET_ACCESSES, { namespace, name }, { metadata: { finalizers: null } });
  await kube.delete(BUCKET_ACCESSES, { namespace, name });
}

export { CLUSTER, OPERATOR_CLUSTER };
