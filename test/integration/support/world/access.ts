import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import {
  ASSOCIATION_ACTIONS,
  PASS_ROLE_ACTIONS,
  ROLE_ACTIONS,
  SWEEP_ACTIONS,
} from "../../../../operator/access/iam-actions.ts";
import { policyNameOf } from "../../../../operator/access/workload/role/name.ts";
import { OIDC_PROVIDER_ACTIONS } from "../../../../operator/account/oidc-provider.ts";
import { API_VERSION, BUCKET_ACCESSES, RECONCILE_REQUESTED_AT } from "../../../../operator/api/names.ts";
import type {
  AWSAccountSpec,
  BucketAccess,
  BucketAccessSpec,
  RoleStatus,
  S3BucketSpec,
} from "../../../../operator/api/types.ts";
import { isNotFound } from "../../../../operator/kube/errors.ts";
import type { KubeObject, Resource } from "../../../../operator/kube/object.ts";
import type { Account, Call, Cluster, PodIdentityAssociation, Role } from "../../../aws/index.ts";
import { expectSoundStatus } from "../../../conformance/conditions.ts";
import { operatorCalls } from "../expect/invariants.ts";
import { isReady } from "../expect/states.ts";
import { recordStatuses, type StatusRecorder } from "./recorder.ts";
import type { AnyWorld, World } from "./world.ts";

export const CLUSTER = "main";

export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

export const SERVICE_ACCOUNTS: Resource = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
};

/** Functions for the BucketAccesses of one namespace, by default the world's. */
export interface Accesses extends Disposable {
  namespace: string;
  statuses: StatusRecorder<BucketAccess>;
  apply(name: string, spec: Partial<BucketAccessSpec>): Promise<BucketAccess>;
  edit(name: string, spec: Record<string, unknown>): Promise<BucketAccess>;
  annotate(name: string, annotations: Record<string, string | null>): Promise<void>;
  get(name: string): Promise<BucketAccess>;
  delete(name: string): Promise<void>;
  /** Applies the access, and resolves when it is Ready. */
  ready(name: string, spec: Partial<BucketAccessSpec>): Promise<BucketAccess>;
  /** Edits the access, and resolves when it is Ready at the new generation. */
  readyAfter(name: string, spec: Record<string, unknown>): Promise<BucketAccess>;
  /** Deletes the access, and resolves when it is gone. */
  remove(name: string): Promise<void>;
  /** Resolves when `until` returns true. */
  when(name: string, until: (access: BucketAccess) => boolean): Promise<BucketAccess>;
  /** Requests a reconcile; resolves when one that began after the request has ended. */
  reconcileAgain(name: string): Promise<BucketAccess>;
}

export const GRANTS: BucketAccessSpec["grants"] = [{ prefix: "raw/", permissions: ["Read", "Write"] }];

export async function accessesOf(world: AnyWorld, namespace = world.name): Promise<Accesses> {
  const { kube, selector } = world;
  const statuses = recordStatuses<BucketAccess>(kube, namespace, BUCKET_ACCESSES);
  await statuses.started;
  const [label = "", value = ""] = selector.split("=");
  const key = (name: string) => ({ namespace, name });
  const annotate = async (name: string, annotations: Record<string, string | null>) => {
    await kube.mergePatch(BUCKET_ACCESSES, key(name), { metadata: { annotations } });
  };
  const apply: Accesses["apply"] = (name, spec) => {
    const metadata = { ...key(name), labels: { [label]: value } };
    const isOther = spec.principals !== undefined || spec.webIdentity !== undefined;
    const whom = isOther ? {} : { serviceAccountRefs: [{ name: "app" }] };
    const access = {
      apiVersion: API_VERSION,
      kind: "BucketAccess",
      metadata,
      spec: { bucketRef: { name: "docs" }, grants: GRANTS, ...whom, ...spec },
    };
    return kube.apply<BucketAccess>(BUCKET_ACCESSES, access, { fieldManager: "test", force: true });
  };
  const edit: Accesses["edit"] = (name, spec) => kube.mergePatch<BucketAccess>(BUCKET_ACCESSES, key(name), { spec });
  return {
    namespace,
    statuses,
    apply,
    ready: async (name, spec) => {
      await apply(name, spec);
      return statuses.when(name, isReady);
    },
    edit,
    readyAfter: async (name, spec) => {
      const { metadata } = await edit(name, spec);
      return statuses.when(name, (each) => each.metadata.generation === metadata.generation && isReady(each));
    },
    annotate,
    get: (name) => kube.get<BucketAccess>(BUCKET_ACCESSES, key(name)),
    delete: (name) => kube.delete(BUCKET_ACCESSES, key(name)),
    remove: async (name) => {
      await kube.delete(BUCKET_ACCESSES, key(name));
      await statuses.whenGone(name);
    },
    when: (name, until) => statuses.when(name, until),
    reconcileAgain: async (name) => {
      const request = randomUUID();
      await annotate(name, { [RECONCILE_REQUESTED_AT]: request });
      return statuses.when(name, ({ status }) => status?.reconcileRequestedAt === request);
    },
    [Symbol.dispose]: () => statuses.stop(),
  };
}

/** An account with a cluster, for both IRSA and Pod Identity, and a bucket named "docs" that is Ready. */
export async function worldWithBucket(
  world: World,
  spec: S3BucketSpec = {},
  account: Partial<AWSAccountSpec> = {},
): Promise<void> {
  await world.applyAccount(workloadAccount(world, account));
  await readyBucketIn(world, spec);
}

export function workloadAccount({ account }: World, spec: Partial<AWSAccountSpec> = {}): Partial<AWSAccountSpec> {
  const url = "oidc.eks.eu-central-1.amazonaws.com/id/ABC123";
  if (!account.clusters.has(`eu-central-1/${CLUSTER}`)) {
    account.addCluster(CLUSTER, { region: "eu-central-1", oidcIssuer: `https://${url}` });
  }
  const oidcProviderArn = `arn:aws:iam::${account.id}:oidc-provider/${url}`;
  addOidcProvider(account, url);
  return { workloadIdentity: { type: "IRSA", oidcProviderArn, clusterName: CLUSTER }, ...spec };
}

/** @param url of the issuer, without https:// */
export function addOidcProvider(account: Account, url: string, clientIds = ["sts.amazonaws.com"]): void {
  const arn = `arn:aws:iam::${account.id}:oidc-provider/${url}`;
  account.oidcProviders.set(arn, { arn, url, clientIds, thumbprints: [], tags: new Map(), createdAt: 0 });
}

async function readyBucketIn(world: World, spec: S3BucketSpec): Promise<void> {
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...spec });
  await world.bucketWhen("docs", isReady);
}

/** The role of an access, which must have one. */
export function roleOf({ account }: World, { status }: BucketAccess): Role {
  const role = account.roles.get(status?.roles?.[0]?.arn ?? "");
  if (role === undefined) throw new Error(`There is no role ${status?.roles?.[0]?.arn}`);
  return role;
}

/** The status of the first role of an access, which must have one. */
export function roleStatusOf({ status }: BucketAccess): RoleStatus {
  const [role] = status?.roles ?? [];
  if (role === undefined) throw new Error("Status has no role");
  return role;
}

/** The inline policy of the role's only BucketAccess, or of that one. Null: there is none. */
export function inlinePolicy({ inlinePolicies }: Role, access?: BucketAccess): unknown {
  const names = access === undefined ? [...inlinePolicies.keys()] : [policyNameFor(access)];
  return JSON.parse(inlinePolicies.get(names.find((name) => name.startsWith("s3-operator-")) ?? "") ?? "null");
}

/** The name of the inline policy of a BucketAccess, in the cluster of the tests. */
export function policyNameFor({ metadata: { namespace = "", name } }: BucketAccess): string {
  return policyNameOf({ cluster: "test", namespace, name });
}

export function clusterOf({ account }: World): Cluster {
  const cluster = account.clusters.get(`eu-central-1/${CLUSTER}`);
  if (cluster === undefined) throw new Error("There is no cluster");
  return cluster;
}

export function associations(world: World): PodIdentityAssociation[] {
  return [...clusterOf(world).podIdentityAssociations.values()];
}

/** The operator's calls for the roles and associations of BucketAccesses, without those of the AWSAccount. */
export function accessCalls(world: World): Call[] {
  const calls = operatorCalls(world).filter(({ service }) => service === "iam" || service === "eks");
  return calls.filter((call) => !isAccountCall(call));
}

/** Calls of the sweep and of the check of OIDC providers. A BucketAccess lists the associations of one namespace. */
function isAccountCall({ operation, query }: Call): boolean {
  if (operation === "ListPodIdentityAssociations") return !query.includes("namespace=");
  return operation === "ListRoles" || operation === "GetOpenIDConnectProvider";
}

export async function findConfigMap(
  { kube }: AnyWorld,
  namespace: string,
  name: string,
): Promise<(KubeObject & { data?: Record<string, string> }) | undefined> {
  try {
    return await kube.get(CONFIG_MAPS, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export async function createServiceAccount(
  { kube }: World,
  namespace: string,
  name: string,
  annotations: Record<string, string> = {},
): Promise<void> {
  await kube.create(SERVICE_ACCOUNTS, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { namespace, name, annotations },
  });
}

/**
 * Invariants after every test, when no work is in progress: sound statuses, permitted calls, and another reconcile
 * writes nothing.
 */
export async function expectAccessInvariants(world: World, accesses: Accesses): Promise<void> {
  accesses.statuses.all().forEach(expectSoundStatus);
  const permitted: readonly string[] = [
    ...ROLE_ACTIONS,
    ...ASSOCIATION_ACTIONS,
    ...PASS_ROLE_ACTIONS,
    ...SWEEP_ACTIONS,
    ...OIDC_PROVIDER_ACTIONS,
  ];
  for (const { operation, actions, service } of operatorCalls(world)) {
    if (service !== "iam" && service !== "eks") continue;
    for (const action of actions) expect(permitted, `the operator called ${operation}`).toContain(action);
  }
  const { items } = await world.kube.list<BucketAccess>(BUCKET_ACCESSES, { namespace: accesses.namespace });
  for (const { metadata } of items.filter((access) => isReady(access))) {
    const writes = operatorCalls(world).filter(({ write }) => write).length;
    const before = await accesses.get(metadata.name);
    await accesses.reconcileAgain(metadata.name);
    // With Pod Identity only every other reconcile reads the association.
    const after = await accesses.reconcileAgain(metadata.name);
    expect(operatorCalls(world).filter(({ write }) => write)).toHaveLength(writes);
    expect(withoutRequest(after)).toEqual(withoutRequest(before));
  }
}

function withoutRequest({ spec, status }: BucketAccess): object {
  const { reconcileRequestedAt: _, ...rest } = status ?? {};
  return { spec, status: rest };
}
