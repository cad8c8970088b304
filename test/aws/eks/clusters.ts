/**
 * Clusters, with what pod identities need.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
 */

import { randomBytes } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { Account, Cluster, World } from "../state.ts";
import { accountOf } from "../world.ts";
import type { EksContext, EksRoute } from "./route.ts";
import { newSigningKeys } from "./tokens.ts";

export const describeCluster: EksRoute = {
  operation: "DescribeCluster",
  method: "GET",
  path: /^\/clusters\/([^/]+)$/,
  write: false,
  parameters: [],
  handle: (_, context) => {
    const { name, arn, oidcIssuer, createdAt } = clusterOf(context);
    return {
      cluster: {
        name,
        arn,
        createdAt: createdAt / 1000,
        status: "ACTIVE",
        version: "1.35",
        identity: { oidc: { issuer: oidcIssuer } },
        tags: {},
      },
    };
  },
};

/** Adds a cluster to this account. */
export function addCluster(
  world: World,
  account: Account,
  name: string,
  {
    region = "us-east-1",
    oidcIssuer = `https://oidc.eks.${region}.amazonaws.com/id/${randomBytes(16).toString("hex").toUpperCase()}`,
  }: { region?: string; oidcIssuer?: string } = {},
): Cluster {
  const cluster: Cluster = {
    name,
    arn: clusterArn(region, account.id, name),
    region,
    oidcIssuer,
    createdAt: world.now(),
    signingKeys: newSigningKeys(),
    podIdentityAssociations: new Map(),
  };
  account.clusters.set(`${region}/${name}`, cluster);
  return cluster;
}

/** The cluster named in the path. Throws ResourceNotFoundException. */
export function clusterOf({ world, caller, region, names: [name = ""] }: EksContext): Cluster {
  const cluster = accountOf(world, caller.accountId).clusters.get(`${region}/${name}`);
  if (cluster !== undefined) return cluster;
  throw new AwsError(404, "ResourceNotFoundException", `No cluster found for name: ${name}.`);
}

export function clusterArn(region: string, accountId: string, name: string): string {
  return `arn:aws:eks:${region}:${accountId}:cluster/${name}`;
}
