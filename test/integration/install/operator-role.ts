/** Creates the operator's role as docs/install-eks.md says, with both ways in which EKS gives a role to a Pod. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreatePodIdentityAssociationCommand, EKSClient } from "@aws-sdk/client-eks";
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { Cluster, Credentials } from "../../aws/index.ts";
import { writtenFile } from "../../conformance/documentation.ts";
import { PERSON, type World } from "../support/world/world.ts";

const PAGE = "docs/install-eks.md";
export const SERVICE_ACCOUNT = { namespace: "s3-operator-system", name: "s3-operator" };
export const HEADINGS = ["With IRSA", "With Pod Identity"] as const;
type Heading = (typeof HEADINGS)[number];

const REGION = "eu-central-1";
const CLUSTER = "main";

/** The resources that the page creates, and the environment for the operator's process. */
export interface OperatorRole extends AsyncDisposable {
  roleArn: string;
  boundaryArn: string;
  cluster: Cluster;
  oidcProviderArn: string;
  environment: Record<string, string>;
}

/** Follows the page's section under `heading` in the world's account. From then on policies are evaluated. */
export async function makeOperatorRole(world: World, heading: Heading): Promise<OperatorRole> {
  const { account, simulator } = world;
  const { credentials } = account.addUser(PERSON);
  const cluster = account.addCluster(CLUSTER, { region: REGION });
  const issuer = cluster.oidcIssuer.slice("https://".length);
  const variables = { ACCOUNT: account.id, REGION, CLUSTER, OIDC: issuer };
  const fromPage = (name: string, heading?: string) => expand(writtenFile(PAGE, name, heading), variables);

  const boundaryArn = account.addManagedPolicy("s3-workloads", JSON.parse(fromPage("boundary.json")) as object);
  const iam = new IAMClient({ endpoint: simulator.url, region: "us-east-1", credentials });
  const provider = { Url: cluster.oidcIssuer, ClientIDList: ["sts.amazonaws.com"] };
  await iam.send(new CreateOpenIDConnectProviderCommand(provider));
  const RoleName = "s3-operator";
  const trust = fromPage("trust.json", `### ${heading}`);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const policies = { "s3-operator": readFileSync("docs/iam-policy.json", "utf8"), limits: fromPage("limits.json") };
  for (const [PolicyName, PolicyDocument] of Object.entries(policies))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  iam.destroy();

  const roleArn = `arn:aws:iam::${account.id}:role/${RoleName}`;
  simulator.evaluatePolicies = true;
  const oidcProviderArn = `arn:aws:iam::${account.id}:oidc-provider/${issuer}`;
  const start =
    heading === "With IRSA" ? byToken(world, cluster, roleArn) : byAgent(world, cluster, roleArn, credentials);
  return { roleArn, boundaryArn, cluster, oidcProviderArn, ...(await start) };
}

type Start = Pick<OperatorRole, "environment" | typeof Symbol.asyncDispose>;

/** Expands variables as a shell does. */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? "");
}

const NO_KEYS = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };

/** The environment and the token that EKS's webhook puts into a Pod if the ServiceAccount has the annotation. */
async function byToken({ simulator }: World, cluster: Cluster, roleArn: string): Promise<Start> {
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-token-"));
  const file = join(folder, "token");
  const { namespace, name } = SERVICE_ACCOUNT;
  await writeFile(file, simulator.serviceAccountToken(cluster, namespace, name));
  return {
    environment: { ...NO_KEYS, AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: file },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The Pod Identity agent of a node: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
async function byAgent(world: World, cluster: Cluster, roleArn: string, credentials: Credentials): Promise<Start> {
  const { simulator } = world;
  const { namespace, name: serviceAccount } = SERVICE_ACCOUNT;
  const eks = new EKSClient({ endpoint: simulator.url, region: REGION, credentials });
  const association = { clusterName: CLUSTER, namespace, serviceAccount, roleArn };
  await eks.send(new CreatePodIdentityAssociationCommand(association));
  eks.destroy();
  const session = await simulator.podIdentityCredentials(cluster, namespace, serviceAccount);
  const answer = JSON.stringify({
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken,
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const agent = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await once(agent, "listening");
  const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/v1/credentials`;
  return {
    environment: { ...NO_KEYS, AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: "token" },
    [Symbol.asyncDispose]: async () => {
      agent.closeAllConnections();
      agent.close();
    },
  };
}
