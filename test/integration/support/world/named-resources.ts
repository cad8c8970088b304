import type { AWSAccountSpec, BucketAccess, BucketAccessSpec } from "../../../../operator/api/types.ts";
import type { Account, Role } from "../../../aws/index.ts";
import type { World } from "./world.ts";

/** Name of the inline policy that a role has before the operator writes to it. */
export const POLICY_OF_OWNER = "database-and-queue";

const ANYTHING = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["sqs:*", "rds-db:*"], Resource: "*" }],
};

/**
 * Creates at AWS what BucketAccesses name and the operator does not create: principals, existing roles with the consent
 * of their owner, managed policies, and buckets that no S3Bucket manages.
 */
export function createNamedResources(world: World, accesses: readonly BucketAccess[], account: AWSAccountSpec): void {
  for (const { spec } of accesses) {
    for (const arn of spec.principals ?? []) addRole(world, arn);
    for (const arn of spec.role?.policyArns ?? []) addPolicy(world, arn);
    if (spec.role?.arn !== undefined) addConsentingRole(world, spec, spec.role.arn, account);
    if (spec.bucket !== undefined) addBucket(ownerOf(world, spec), spec.bucket.name, spec.bucket.region);
  }
}

/** The account that owns the bucket of a BucketAccess. */
export function ownerOf({ account, simulator }: World, { bucket }: BucketAccessSpec): Account {
  return bucket?.accountId === undefined ? account : simulator.account(bucket.accountId);
}

function addBucket(account: Account, name: string, region: string): void {
  if (!account.buckets.has(name)) account.createBucket(name, region);
}

function addPolicy({ simulator }: World, arn: string): void {
  const [, , , , accountId = "", resource = ""] = arn.split(":");
  simulator.account(accountId).addManagedPolicy(resource.slice("policy/".length), ANYTHING);
}

function addRole({ simulator }: World, arn: string): Role {
  const [, , , , accountId = "", resource = ""] = arn.split(":");
  const account = simulator.account(accountId);
  const [path = "", name = ""] = resource.split(/^role(\/(?:.*\/)?)/).slice(1);
  return account.roles.get(arn) ?? account.addRole(name, { path });
}

/** A role of another tool, which trusts the ServiceAccounts by IRSA and Pod Identity, and whose tag names them. */
function addConsentingRole(world: World, spec: BucketAccessSpec, arn: string, account: AWSAccountSpec): void {
  const role = addRole(world, arn);
  const names = (spec.serviceAccountRefs ?? []).map(({ name }) => name);
  role.attachedPolicies.clear();
  role.inlinePolicies.set(POLICY_OF_OWNER, JSON.stringify(ANYTHING));
  role.tags.set("s3-operator.io/service-accounts", names.map((name) => `test/${world.name}/${name}`).join(" "));
  role.assumeRolePolicy = JSON.stringify(
    trustIn(
      names.map((name) => `${world.name}:${name}`),
      account,
    ),
  );
}

/** A trust policy for IRSA and Pod Identity. @param serviceAccounts namespace:name */
export function trustIn(serviceAccounts: readonly string[], { workloadIdentity }: AWSAccountSpec): object {
  const provider = workloadIdentity?.oidcProviderArn ?? "";
  const issuer = provider.slice(provider.indexOf("/") + 1);
  const subjects = serviceAccounts.map((name) => `system:serviceaccount:${name}`);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:sub`]: subjects, [`${issuer}:aud`]: "sts.amazonaws.com" } },
      },
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  };
}
