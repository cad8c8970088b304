import { randomBytes, randomInt } from "node:crypto";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { KubeConfig } from "@kubernetes/client-node";
import { Registry } from "prom-client";
import { inject } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { AWSAccount, AWSAccountSpec, S3Bucket, S3BucketSpec } from "../../../../operator/api/types.ts";
import { systemClock } from "../../../../operator/clock.ts";
import { createKubeClient, type KubeClient } from "../../../../operator/kube/client.ts";
import { isNotFound } from "../../../../operator/kube/errors.ts";
import { createKubeMetrics } from "../../../../operator/kube/metrics.ts";
import type { KubeObject, Resource } from "../../../../operator/kube/object.ts";
import { startSimulator, type Account, type Call, type Credentials, type Simulator } from "../../../aws/index.ts";
import { eventually } from "../expect/wait.ts";
import { loseAccount } from "./lost-account.ts";
import { recordStatuses, type StatusRecorder } from "./recorder.ts";

export const NAMESPACES: Resource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

export const DEPLOYMENTS: Resource = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};

/** Label that separates the AWSAccounts of concurrent tests. */
const TEST_LABEL = "s3-operator-test";

/** IAM user of {@link World.person}, which separates its calls from the operator's. */
export const PERSON = "person";

/** AWS as the operator reaches it: the simulator, or another implementation. */
export interface Aws<C extends SeenCall = SeenCall> {
  /** Endpoint of every service, for the operator. */
  url: string;
  accountId: string;
  /** Of the operator. */
  credentials: Credentials;
  /** Of a user with all permissions. */
  person: Credentials;
  /** Every call of the operator, oldest first; calls of others are known by their caller. */
  calls: { readonly all: readonly C[] };
}

/** What all implementations know of a call. */
export type SeenCall = Pick<Call, "operation" | "write" | "bucket" | "caller">;

/** The environment of one test: a namespace, an AWS simulator with one account, and functions to change both. */
export interface World extends AnyWorld {
  aws: Aws<Call>;
  simulator: Simulator;
  account: Account;
}

/** The part of a world that does not depend on the implementation of AWS. */
export interface AnyWorld extends AsyncDisposable {
  /** Name of the namespace and of the AWSAccount, and value of the watch selector. */
  name: string;
  selector: string;
  kubeconfigPath: string;
  kube: KubeClient;
  aws: Aws;
  /** A client of a user at AWS with all permissions. */
  person: S3Client;
  /** Every recorded status of every S3Bucket. */
  statuses: StatusRecorder;
  /** Creates a KMS key in the account and its region; returns its ARN. */
  createKey(): Promise<string>;
  /** A bucket name that no other test uses. */
  bucketName(purpose: string): string;
  applyBucket(name: string, spec: S3BucketSpec, metadata?: Partial<KubeObject["metadata"]>): Promise<S3Bucket>;
  applyAccount(spec?: Partial<AWSAccountSpec>, name?: string): Promise<AWSAccount>;
  bucket(name: string): Promise<S3Bucket>;
  /** Undefined when the bucket is gone. */
  findBucket(name: string): Promise<S3Bucket | undefined>;
  /** Resolves with the S3Bucket when `until` returns true; fails with its last state. */
  bucketWhen(name: string, until: (bucket: S3Bucket) => boolean, timeoutMs?: number): Promise<S3Bucket>;
  annotate(name: string, annotations: Record<string, string | null>): Promise<void>;
  editSpec(name: string, spec: Record<string, unknown>): Promise<S3Bucket>;
  deleteBucket(name: string): Promise<void>;
  gone(name: string): Promise<void>;
}

/** Default: the control plane that all tests share, and an account of its own. */
export async function createWorld(
  kubeconfigPath = inject("kubeconfigPath"),
  accountId = String(randomInt(1e11, 1e12)),
): Promise<World> {
  const simulator = await startSimulator();
  const account = simulator.account(accountId);
  const aws = awsOf(simulator, account);
  const world = await createWorldOn(aws, kubeconfigPath);
  const dispose = async () => {
    await world[Symbol.asyncDispose]();
    await simulator.stop();
  };
  return { ...world, aws, simulator, account, [Symbol.asyncDispose]: dispose };
}

export function awsOf({ url, calls }: Simulator, account: Account): Aws<Call> {
  const { credentials: person } = account.addUser(PERSON);
  return { url, accountId: account.id, credentials: account.credentials, person, calls };
}

/** A world on any implementation of AWS, which outlives it. @param endpoint of the user's clients */
export async function createWorldOn(
  aws: Aws,
  kubeconfigPath = inject("kubeconfigPath"),
  endpoint = aws.url,
): Promise<AnyWorld> {
  const name = `t-${randomBytes(5).toString("hex")}`;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfigPath);
  const metrics = createKubeMetrics(new Registry());
  const kube = createKubeClient(kubeConfig, { userAgent: "test", clock: systemClock, metrics });
  await kube.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const statuses = recordStatuses(kube, name);
  await statuses.started;

  const asPerson = { endpoint, region: "eu-central-1", credentials: aws.person };
  const person = new S3Client({ ...asPerson, forcePathStyle: true });
  const kms = new KMSClient(asPerson);
  const key = (bucket: string) => ({ namespace: name, name: bucket });
  const get = (bucket: string) => kube.get<S3Bucket>(S3_BUCKETS, key(bucket));
  const find = async (bucket: string) => {
    try {
      return await get(bucket);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const apply = <T extends KubeObject>(resource: Resource, object: T) =>
    kube.apply<T>(resource, object, { fieldManager: "test", force: true });

  return {
    name,
    selector: `${TEST_LABEL}=${name}`,
    kubeconfigPath,
    kube,
    aws,
    person,
    statuses,
    createKey: async () => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      return KeyMetadata?.Arn ?? "";
    },
    bucketName: (purpose) => `${purpose}-${name}`,
    applyBucket: (bucket, spec, metadata) =>
      apply<S3Bucket>(S3_BUCKETS, {
        apiVersion: API_VERSION,
        kind: "S3Bucket",
        metadata: { ...key(bucket), labels: { [TEST_LABEL]: name }, ...metadata },
        spec: { accountRef: { name }, ...spec },
      }),
    applyAccount: (spec, accountName = name) =>
      apply<AWSAccount>(AWS_ACCOUNTS, {
        apiVersion: API_VERSION,
        kind: "AWSAccount",
        metadata: { name: accountName, labels: { [TEST_LABEL]: name } },
        spec: { accountId: aws.accountId, region: "eu-central-1", ...spec },
      }),
    bucket: get,
    findBucket: find,
    bucketWhen: async (bucket, until, timeoutMs) => {
      const found = await eventually(
        () => get(bucket),
        until,
        (last) => `S3Bucket ${bucket}: ${JSON.stringify(last?.status, undefined, 1)}`,
        timeoutMs,
      );
      return found;
    },
    annotate: async (bucket, annotations) => {
      await kube.mergePatch(S3_BUCKETS, key(bucket), { metadata: { annotations } });
    },
    editSpec: (bucket, spec) => kube.mergePatch<S3Bucket>(S3_BUCKETS, key(bucket), { spec }),
    deleteBucket: (bucket) => kube.delete(S3_BUCKETS, key(bucket)),
    gone: async (bucket) => {
      await eventually(
        () => find(bucket),
        (found) => found === undefined,
        (last) => `S3Bucket ${bucket} is still there: ${JSON.stringify(last)}`,
      );
    },
    async [Symbol.asyncDispose]() {
      statuses.stop();
      person.destroy();
      kms.destroy();
      await loseAccount(kube, name).catch(() => {});
      await kube.close();
    },
  };
}
