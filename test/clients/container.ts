/**
 * A container in a Pod: programs run with the variables that EKS sets for IRSA, and the backend's address. Beside its
 * bucket there is one of the same account that it may not use.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import type { Grant, S3BucketSpec } from "../../operator/api/types.ts";
import type { Credentials } from "../aws/index.ts";
import { runCommand, type CommandResult } from "../controlplane/command.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import {
  accessesOf,
  clusterOf,
  createServiceAccount,
  roleStatusOf,
  workloadAccount,
  worldWithBucket,
} from "../integration/support/world/access.ts";
import { s3As, webIdentity } from "../integration/support/world/workloads.ts";
import { createWorld, PERSON, type World } from "../integration/support/world/world.ts";
import { findPythonPrograms } from "../on-demand/python.ts";
import { ROOT, startVersityGW, VERSITYGW_ACCOUNT, VERSITYGW_REGION } from "./versitygw.ts";

/** What stands in for AWS, and decides what the programs may do. */
export const BACKENDS = ["simulator", "versitygw"] as const;
export type Backend = (typeof BACKENDS)[number];

export interface Container extends AsyncDisposable {
  bucket: string;
  nextDoor: string;
  /** The address of S3. */
  endpoint: string;
  /** The home directory, empty at first. */
  home: string;
  environment: Readonly<Record<string, string>>;
  namespace: string;
  /** A token for STS of another ServiceAccount, or for another audience. */
  tokenOf: (namespace: string, serviceAccount: string, audience?: string) => string;
  /** Runs a program that must succeed, and returns its output. */
  run: (program: string, ...args: string[]) => Promise<string>;
  /** Runs a program that must fail, and returns its error output. */
  fail: (program: string, ...args: string[]) => Promise<string>;
}

export interface ContainerOptions {
  /** Default: simulator. */
  backend?: Backend;
  /** Default: those of a ServiceAccount's token. Session: for programs that send it only to AWS. */
  credentials?: "WebIdentity" | "Session";
  /** The document of a managed policy that the role has too. Only on the simulator. */
  managedPolicy?: object;
  /** Variables beside those of EKS. */
  environment?: Readonly<Record<string, string>>;
}

export const SERVICE_ACCOUNT = "app";
/** The permissions of a program that keeps files. */
export const ALL_WORK: Grant["permissions"] = ["Read", "Write", "Delete", "List"];
/** A key that no grant of these tests covers, in both buckets. */
export const OTHER_KEY = "other-team/secret";

/** Starts a container when the BucketAccess of its ServiceAccount, with these grants, is Ready. */
export async function startContainer(grants: readonly Grant[], options: ContainerOptions = {}): Promise<Container> {
  await using stack = new AsyncDisposableStack();
  const { world, region, ownerCredentials, bucketSpec } = await STAGES[options.backend ?? "simulator"](stack);
  stack.use(startOperator(world));
  const accesses = stack.use(await accessesOf(world));
  const { simulator, account } = world;
  const { managedPolicy } = options;
  const policies = managedPolicy && { policyArns: [account.addManagedPolicy("extra", managedPolicy)] };
  await worldWithBucket(world, bucketSpec, {
    region,
    ...(policies && { access: { rules: [policies] } }),
  });
  await createServiceAccount(world, world.name, SERVICE_ACCOUNT);
  const access = await accesses.ready("app", {
    serviceAccountRefs: [{ name: SERVICE_ACCOUNT }],
    ...(policies && { role: policies }),
    grants: [...grants],
  });

  const owner = stack.adopt(s3As(world, ownerCredentials, region), (s3) => s3.destroy());
  const nextDoor = world.bucketName("next-door");
  await owner.send(new CreateBucketCommand({ Bucket: nextDoor }));
  simulator.evaluatePolicies = true;
  const bucket = access.status?.bucketName ?? "";
  for (const Bucket of [bucket, nextDoor]) {
    await owner.send(new PutObjectCommand({ Bucket, Key: OTHER_KEY, Body: "secret" }));
  }

  const home = stack.adopt(await mkdtemp(join(tmpdir(), "s3-operator-client-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const role = roleStatusOf(access).arn;
  const tokenOf: Container["tokenOf"] = (namespace, serviceAccount, audience) =>
    simulator.serviceAccountToken(clusterOf(world), namespace, serviceAccount, audience ? { audience } : {});
  const token = tokenOf(world.name, SERVICE_ACCOUNT);
  const environment = {
    PATH: `${await findPythonPrograms("clients")}:${process.env["PATH"]}`,
    HOME: home,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: simulator.url,
    AWS_EC2_METADATA_DISABLED: "true",
    ...(options.credentials === "Session"
      ? sessionVariables(await webIdentity(world, role, token))
      : await webIdentityVariables(home, role, token)),
    ...options.environment,
  };
  const end = stack.move();
  return {
    bucket,
    nextDoor,
    endpoint: simulator.url,
    home,
    environment,
    namespace: world.name,
    tokenOf,
    run: async (program, ...args) => {
      const result = await runCommand(program, args, { environment });
      expect(result.code, said(program, args, result)).toBe(0);
      return result.stdout;
    },
    fail: async (program, ...args) => {
      const result = await runCommand(program, args, { environment });
      expect(result.code, said(program, args, result)).not.toBe(0);
      return result.stderr + result.stdout;
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

interface Stage {
  world: World;
  region: string;
  /** Of a user with all permissions. */
  ownerCredentials: Credentials;
  bucketSpec: S3BucketSpec;
}

const STAGES: Readonly<Record<Backend, (stack: AsyncDisposableStack) => Promise<Stage>>> = {
  simulator: async (stack) => {
    const world = stack.use(await createWorld());
    const ownerCredentials = world.account.addUser(PERSON).credentials;
    return { world, region: "eu-central-1", ownerCredentials, bucketSpec: {} };
  },
  // Here the simulator only signs tokens.
  versitygw: async (stack) => {
    const world = stack.use(await createWorld(undefined, VERSITYGW_ACCOUNT));
    workloadAccount(world);
    const { url } = stack.use(await startVersityGW(clusterOf(world)));
    const { aws, simulator, account } = world;
    const elsewhere = {
      ...world,
      aws: { ...aws, url, credentials: ROOT },
      simulator: { ...simulator, url },
      account: { ...account, credentials: ROOT },
    };
    return { world: elsewhere, region: VERSITYGW_REGION, ownerCredentials: ROOT, bucketSpec: { baseline: "None" } };
  },
};

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html */
async function webIdentityVariables(home: string, role: string, token: string): Promise<Record<string, string>> {
  const file = join(home, "token");
  await writeFile(file, token);
  return { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file };
}

function sessionVariables(credentials: Credentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? "",
  };
}

function said(program: string, args: readonly string[], { stdout, stderr }: CommandResult): string {
  return `${program} ${args.join(" ")}:\n${stderr}${stdout}`;
}
