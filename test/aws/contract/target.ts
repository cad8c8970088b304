/**
 * The target of the contract tests: the simulator, or AWS if S3_OPERATOR_CONTRACT_REAL=1 and the environment has
 * credentials, or another implementation at S3_OPERATOR_CONTRACT_ENDPOINT. The tests use us-east-1, and eu-west-1 for
 * behaviour that differs in other regions.
 */

import { randomBytes, randomInt } from "node:crypto";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  NoSuchBucket,
  S3Client,
} from "@aws-sdk/client-s3";
import { S3ControlClient } from "@aws-sdk/client-s3-control";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { test } from "vitest";
import { startSimulator, type Credentials, type Simulator } from "../index.ts";

const REAL = process.env["S3_OPERATOR_CONTRACT_REAL"] === "1";

/** For behaviour that needs the simulator's switches, or that a test must not cause in a real account. */
export const simulatorTest = test.skipIf(REAL);

/** The endpoint of another implementation, which takes any access key of 12 digits as the account's ID. */
const ENDPOINT = process.env["S3_OPERATOR_CONTRACT_ENDPOINT"];

/** Message of the error of a test that needs the simulator, where there is none. */
export const NEEDS_SIMULATOR = "This test needs the simulator";

const SIMULATED_ACCOUNT = "111122223333";

export interface ClientOptions {
  region?: string;
  credentials?: Credentials;
}

export interface Target {
  accountId: string;
  /** Use in a `simulatorTest` only: throws against AWS. */
  simulator: Simulator;
  s3(options?: ClientOptions): S3Client;
  s3control(options?: ClientOptions): S3ControlClient;
  sts(options?: ClientOptions): STSClient;
  kms(options?: ClientOptions): KMSClient;
  /** Default region: us-east-1, as IAM requires. */
  iam(options?: ClientOptions): IAMClient;
  eks(options?: ClientOptions): EKSClient;
  /** An unused bucket name. The bucket is emptied and deleted at the end. */
  bucketName(region?: string): string;
  stop(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  if (REAL) return realTarget();
  return ENDPOINT === undefined ? simulatedTarget() : otherTarget(ENDPOINT);
}

/** Creates a bucket without options in us-east-1. */
export async function createBucket(target: Target): Promise<string> {
  const Bucket = target.bucketName();
  await target.s3().send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

async function simulatedTarget(): Promise<Target> {
  const simulator = await startSimulator();
  const { credentials } = simulator.account(SIMULATED_ACCOUNT);
  return {
    accountId: SIMULATED_ACCOUNT,
    simulator,
    ...clientsAt(simulator.url, credentials),
    stop: () => simulator.stop(),
  };
}

function otherTarget(endpoint: string): Target {
  const accountId = String(randomInt(1e11, 1e12));
  return {
    accountId,
    get simulator(): Simulator {
      throw new Error(NEEDS_SIMULATOR);
    },
    ...clientsAt(endpoint, { accessKeyId: accountId, secretAccessKey: "test" }),
    stop: () => Promise.resolve(),
  };
}

function clientsAt(endpoint: string, credentials: Credentials): Omit<Target, "accountId" | "simulator" | "stop"> {
  const config = (options: ClientOptions) => ({
    endpoint,
    region: options.region ?? "us-east-1",
    credentials: options.credentials ?? credentials,
    maxAttempts: 1,
  });
  return {
    s3: (options = {}) => new S3Client({ ...config(options), forcePathStyle: true }),
    s3control: (options = {}) => withoutAccountInHost(new S3ControlClient(config(options))),
    sts: (options = {}) => new STSClient(config(options)),
    kms: (options = {}) => new KMSClient(config(options)),
    iam: (options = {}) => new IAMClient(config(options)),
    eks: (options = {}) => new EKSClient(config(options)),
    bucketName: () => `contract-${randomBytes(6).toString("hex")}`,
  };
}

async function realTarget(): Promise<Target> {
  const config = ({ region = "us-east-1" }: ClientOptions) => ({ region });
  const { Account: accountId = "" } = await new STSClient(config({})).send(new GetCallerIdentityCommand({}));
  const made: { name: string; region: string }[] = [];
  return {
    accountId,
    get simulator(): Simulator {
      throw new Error("there is no simulator in front of AWS");
    },
    s3: (options = {}) => new S3Client(config(options)),
    s3control: (options = {}) => new S3ControlClient(config(options)),
    sts: (options = {}) => new STSClient(config(options)),
    kms: (options = {}) => new KMSClient(config(options)),
    iam: (options = {}) => new IAMClient(config(options)),
    eks: (options = {}) => new EKSClient(config(options)),
    bucketName: (region = "us-east-1") => {
      const name = `s3-operator-contract-${randomBytes(6).toString("hex")}`;
      made.push({ name, region });
      return name;
    },
    stop: async () => {
      for (const { name, region } of made) await deleteBucket(new S3Client({ region }), name);
    },
  };
}

/**
 * Removes the account from the host name, which an IP address does not allow. The x-amz-account-id header has it too.
 */
function withoutAccountInHost(client: S3ControlClient): S3ControlClient {
  const resolve = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) =>
    resolve({ ...parameters, RequiresAccountId: false }, context);
  return client;
}

/** Best effort: a bucket that a test did not create is not an error. */
async function deleteBucket(s3: S3Client, Bucket: string): Promise<void> {
  try {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId } of Uploads) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (error instanceof NoSuchBucket) return;
    process.stderr.write(`contract tests: bucket ${Bucket}: ${String(error)}\n`);
  }
}
