import { CreateOpenIDConnectProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AWSAccountSpec, BucketAccess } from "../../../../operator/api/types.ts";
import type { Config } from "../../../../operator/cli/config.ts";
import { credentialsOf } from "../../../aws/contract/workload.ts";
import type { Cluster, Credentials } from "../../../aws/index.ts";
import { isReady } from "../expect/states.ts";
import { startOperator } from "../process/operator.ts";
import { accessesOf, findConfigMap, SERVICE_ACCOUNTS, type Accesses } from "./access.ts";
import {
  accountOf,
  accountSpecOf,
  applyAsItStands,
  manifestsOf,
  prepareAws,
  showToOperator,
  worldOfExamples,
} from "./examples.ts";
import { ownerOf } from "./named-resources.ts";
import { PERSON, type World } from "./world.ts";

/** A running example, with policies evaluated. */
export interface Stage extends AsyncDisposable {
  world: World;
  cluster: Cluster;
  accesses: Accesses;
  /** A user of the account of AWSAccount and S3Buckets, with all permissions. */
  owner: S3Client;
  /** A client of the account that owns the bucket of this BucketAccess, with all permissions. */
  ownerOf(access: BucketAccess): S3Client;
  /** A Pod of the ServiceAccount of this BucketAccess, started when that is Ready. */
  pod(access: string): Promise<Pod>;
}

/** The credentials and variables of a container in a Pod. */
export interface Pod extends Disposable {
  credentials: Credentials;
  /** Variables of the access's ConfigMap, as with `envFrom`. */
  environment: Readonly<Record<string, string>>;
  bucket: string;
  s3: S3Client;
}

const ANNOTATION = "eks.amazonaws.com/role-arn";
const REGION = "eu-central-1";

type WorkloadIdentityType = "IRSA" | "PodIdentity";

/** Applies an example unchanged, in an account with this type of workload identity. */
export function runExample(
  folder: string,
  type: WorkloadIdentityType,
  overrides: Partial<Config> = {},
): Promise<Stage> {
  const prepare = (world: World) => prepareAws(world, folder);
  return runManifests({ files: manifestsOf(folder), account: accountOf(folder), prepare }, type, overrides);
}

/** Manifests that are applied unchanged. Paths are relative to examples/. */
interface Manifests {
  files: readonly string[];
  /** The file with the AWSAccount. */
  account: string;
  /** Creates what the manifests need at AWS. */
  prepare: (world: World) => void;
}

export async function runManifests(
  { files, account, prepare }: Manifests,
  type: WorkloadIdentityType,
  overrides: Partial<Config> = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await worldOfExamples(account));
  const spec = accountSpecOf(account);
  if (spec.workloadIdentity === undefined) throw new Error(`${account} has no workloadIdentity`);
  await world.applyAccount({ ...spec, workloadIdentity: { ...spec.workloadIdentity, type } });
  const { credentials } = world.account.addUser(PERSON);
  const cluster = await createCluster(world, spec, credentials);
  prepare(world);
  world.simulator.evaluatePolicies = true;
  const accesses = stack.use(await accessesOf(world));
  stack.use(startOperator(world, overrides));
  await showToOperator(world, await applyAsItStands(world, files));
  const owner = stack.adopt(s3As(world, credentials), (s3) => s3.destroy());
  const end = stack.move();
  return {
    world,
    cluster,
    accesses,
    owner,
    ownerOf: (access) => {
      const { id, credentials: administrator } = ownerOf(world, access.spec);
      return id === spec.accountId ? owner : end.adopt(s3As(world, administrator), (s3) => s3.destroy());
    },
    pod: async (access) => startPod(world, cluster, await accesses.when(access, isReady)),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/**
 * Does what `status.ownerPolicies` asks of the account that owns the bucket: puts the bucket policy there. Nothing for a
 * bucket of the same account.
 */
export async function addOwnerPolicies(stage: Stage, access: BucketAccess): Promise<void> {
  const { bucketPolicy } = access.status?.ownerPolicies ?? {};
  if (bucketPolicy === undefined) return;
  await stage
    .ownerOf(access)
    .send(new PutBucketPolicyCommand({ Bucket: access.spec.bucket?.name, Policy: bucketPolicy }));
}

/** Creates the EKS cluster that the AWSAccount names, and its OIDC provider in IAM. */
async function createCluster(world: World, spec: AWSAccountSpec, credentials: Credentials): Promise<Cluster> {
  const { clusterName = "", oidcProviderArn = "" } = spec.workloadIdentity ?? {};
  const oidcIssuer = `https://${oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1)}`;
  const cluster = world.account.addCluster(clusterName, { region: spec.region, oidcIssuer });
  const iam = new IAMClient({ endpoint: world.simulator.url, region: "us-east-1", credentials });
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: oidcIssuer, ClientIDList: ["sts.amazonaws.com"] }));
  iam.destroy();
  return cluster;
}

async function startPod(world: World, cluster: Cluster, { metadata, spec, status }: BucketAccess): Promise<Pod> {
  const environment = (await findConfigMap(world, world.name, spec.configMap?.name ?? metadata.name))?.data ?? {};
  const credentials = await credentialsIn(world, cluster, spec.serviceAccountRefs?.[0]?.name ?? "");
  const s3 = s3As(world, credentials, environment["BUCKET_REGION"]);
  // A ConfigMap with keys of its own may lack BUCKET_NAME.
  const bucket = environment["BUCKET_NAME"] ?? status?.bucketName ?? "";
  return { credentials, environment, bucket, s3, [Symbol.dispose]: () => s3.destroy() };
}

/** Uses IRSA when the ServiceAccount has the annotation, as EKS does. */
async function credentialsIn(world: World, cluster: Cluster, serviceAccount: string): Promise<Credentials> {
  const { metadata } = await world.kube.get(SERVICE_ACCOUNTS, { namespace: world.name, name: serviceAccount });
  const roleArn = metadata.annotations?.[ANNOTATION];
  if (roleArn === undefined) return world.simulator.podIdentityCredentials(cluster, world.name, serviceAccount);
  return webIdentity(world, roleArn, world.simulator.serviceAccountToken(cluster, world.name, serviceAccount));
}

/** Creates a key of the account as a user. */
export async function createKey({ world }: Stage): Promise<string> {
  const { credentials } = world.account.addUser(PERSON);
  const kms = new KMSClient({ endpoint: world.simulator.url, region: REGION, credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({})).finally(() => kms.destroy());
  return KeyMetadata?.Arn ?? "";
}

/** Credentials from STS for a ServiceAccount's token. */
export async function webIdentity({ simulator }: World, RoleArn: string, token: string): Promise<Credentials> {
  const sts = new STSClient({ endpoint: simulator.url, region: REGION, maxAttempts: 1 });
  const assume = new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "pod", WebIdentityToken: token });
  return credentialsOf((await sts.send(assume).finally(() => sts.destroy())).Credentials);
}

/** Credentials from STS for a role, for a caller that it trusts. */
export async function assumed({ simulator }: World, credentials: Credentials, RoleArn: string): Promise<Credentials> {
  const sts = new STSClient({ endpoint: simulator.url, region: REGION, credentials, maxAttempts: 1 });
  const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: "reader" });
  return credentialsOf((await sts.send(assume).finally(() => sts.destroy())).Credentials);
}

/** An S3 client with these credentials and without retries. */
export function s3As({ simulator }: World, credentials: Credentials, region = REGION): S3Client {
  return new S3Client({ endpoint: simulator.url, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}
