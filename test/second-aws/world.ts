/** The environment of a test on LocalStack: the same as on the simulator, see test/integration/support/world. */
import { randomInt } from "node:crypto";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { inject } from "vitest";
import type { Credentials } from "../aws/index.ts";
import { createWorldOn, type AnyWorld, type Aws } from "../integration/support/world/world.ts";
import { startRecorder, type RecordedCall } from "./recorder.ts";

declare module "vitest" {
  interface ProvidedContext {
    localStackUrl: string;
    /** Whether Terraform and its provider for AWS are installed. */
    hasTerraform: boolean;
  }
}

export const REGION = "eu-central-1";
const SLOW_MS = 150_000;

export interface LocalStackWorld extends AnyWorld {
  aws: Aws<RecordedCall>;
  /** The address of LocalStack, without the proxy that records the operator's calls. */
  url: string;
  /** Clients of a user of an account, by default that of the world, with all permissions. */
  clients(accountId?: string): Clients;
}

export interface Clients {
  s3: S3Client;
  iam: IAMClient;
  kms: KMSClient;
  /** For the clients of further services. */
  config: { endpoint: string; region: string; credentials: Credentials };
}

/**
 * LocalStack takes an access key of 12 digits as the account's ID, so that each test has an account of its own.
 * https://docs.localstack.cloud/aws/capabilities/config/multi-account-setups/
 */
function credentialsOf(accountId: string): Credentials {
  return { accessKeyId: accountId, secretAccessKey: "test" };
}

/** @param accountId one that no other test uses */
export async function createLocalStackWorld(accountId = String(randomInt(1e11, 1e12))): Promise<LocalStackWorld> {
  await using stack = new AsyncDisposableStack();
  const url = inject("localStackUrl");
  const { url: recorderUrl, calls } = stack.use(await startRecorder(url));
  const credentials = credentialsOf(accountId);
  const aws: Aws<RecordedCall> = { url: recorderUrl, accountId, credentials, person: credentials, calls };
  const world = stack.use(await createWorldOn(aws, inject("kubeconfigPath"), url));
  const clients = (id = accountId): Clients => {
    const config = { endpoint: url, region: REGION, credentials: credentialsOf(id) };
    return {
      s3: end.adopt(new S3Client({ ...config, forcePathStyle: true }), (client) => client.destroy()),
      iam: end.adopt(new IAMClient(config), (client) => client.destroy()),
      kms: end.adopt(new KMSClient(config), (client) => client.destroy()),
      config,
    };
  };
  const end = stack.move();
  // One process serves all tests, a hundred times slower than the simulator.
  const bucketWhen: AnyWorld["bucketWhen"] = (name, until, timeoutMs = SLOW_MS) =>
    world.bucketWhen(name, until, timeoutMs);
  return { ...world, bucketWhen, aws, url, clients, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
