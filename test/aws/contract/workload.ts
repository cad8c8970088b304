/** A cluster and roles for its workloads, for tests of policies. */

import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Cluster, Credentials } from "../index.ts";
import type { Target } from "./target.ts";

export interface Workload {
  s3: S3Client;
  credentials: Credentials;
  roleArn: string;
  roleName: string;
}

export interface Workloads {
  cluster: Cluster;
  /** Trust policy for one service account, "namespace:name", by the claims sub and aud. */
  irsaTrust(serviceAccount: string): string;
  /** Creates a role in /s3op/ with an inline policy of these statements. */
  role(trust: string, ...statements: object[]): Promise<{ roleArn: string; roleName: string }>;
  /** Assumes the role with a token only, as a pod does. */
  webIdentity(roleArn: string, token: string): Promise<Credentials>;
  /** An S3 client with the permissions of a role for service account team-a:app. */
  start(...statements: object[]): Promise<Workload>;
}

/** Throws against AWS, because it needs a cluster. */
export async function startWorkloads(target: Target): Promise<Workloads> {
  const { simulator, accountId } = target;
  const cluster = simulator.account(accountId).addCluster("prod");
  const create = new CreateOpenIDConnectProviderCommand({
    Url: cluster.oidcIssuer,
    ClientIDList: ["sts.amazonaws.com"],
  });
  const { OpenIDConnectProviderArn: Federated } = await target.iam().send(create);
  let counter = 0;

  const irsaTrust = (serviceAccount: string) => {
    const issuer = cluster.oidcIssuer.slice("https://".length);
    const sub = { [`${issuer}:sub`]: `system:serviceaccount:${serviceAccount}` };
    const Condition = { StringEquals: { ...sub, [`${issuer}:aud`]: "sts.amazonaws.com" } };
    return policyDocument({
      Effect: "Allow",
      Principal: { Federated },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
    });
  };
  const role = async (AssumeRolePolicyDocument: string, ...statements: object[]) => {
    const RoleName = `workload-${++counter}`;
    const input = { RoleName, AssumeRolePolicyDocument, Path: "/s3op/" };
    const { Role } = await target.iam().send(new CreateRoleCommand(input));
    const put = { RoleName, PolicyName: "access", PolicyDocument: policyDocument(...statements) };
    if (statements.length > 0) await target.iam().send(new PutRolePolicyCommand(put));
    return { roleArn: Role?.Arn ?? "", roleName: RoleName };
  };
  const webIdentity = async (RoleArn: string, WebIdentityToken: string) => {
    const sts = new STSClient({ endpoint: simulator.url, region: "us-east-1", maxAttempts: 1 });
    const assume = new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "pod", WebIdentityToken });
    return credentialsOf((await sts.send(assume)).Credentials);
  };
  const start = async (...statements: object[]) => {
    const { roleArn, roleName } = await role(irsaTrust("team-a:app"), ...statements);
    const credentials = await webIdentity(roleArn, simulator.serviceAccountToken(cluster, "team-a", "app"));
    return { s3: target.s3({ credentials }), credentials, roleArn, roleName };
  };
  return { cluster, irsaTrust, role, webIdentity, start };
}

/** A policy document of these statements. */
export function policyDocument(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Converts the credentials of STS answers. */
export function credentialsOf(
  given: {
    AccessKeyId?: string | undefined;
    SecretAccessKey?: string | undefined;
    SessionToken?: string | undefined;
  } = {},
): Credentials {
  const {
    AccessKeyId: accessKeyId = "",
    SecretAccessKey: secretAccessKey = "",
    SessionToken: sessionToken = "",
  } = given;
  return { accessKeyId, secretAccessKey, sessionToken };
}
