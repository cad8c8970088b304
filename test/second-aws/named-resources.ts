/** Creates by calls what an example needs at AWS: see test/integration/support/world/named-resources.ts. */
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, type BucketLocationConstraint } from "@aws-sdk/client-s3";
import type { AWSAccountSpec, BucketAccess, BucketAccessSpec } from "../../operator/api/types.ts";
import { accessesIn, accountOf, accountSpecOf, QUEUES } from "../integration/support/world/examples.ts";
import { trustIn } from "../integration/support/world/named-resources.ts";
import { createQueue } from "./prerequisites.ts";
import type { LocalStackWorld } from "./world.ts";

const ANYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }],
});

export async function prepareExample(world: LocalStackWorld, folder: string): Promise<void> {
  const spec = accountSpecOf(accountOf(folder));
  for (const arn of QUEUES[folder] ?? []) await createQueue(world, arn.slice(arn.lastIndexOf(":") + 1));
  await createProvider(world, spec);
  for (const access of accessesIn(folder)) await createNamed(world, access, spec);
}

async function createProvider(world: LocalStackWorld, { workloadIdentity }: AWSAccountSpec): Promise<void> {
  const { oidcProviderArn } = workloadIdentity ?? {};
  if (oidcProviderArn === undefined) return;
  const Url = `https://${oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1)}`;
  const input = { Url, ClientIDList: ["sts.amazonaws.com"], ThumbprintList: ["0".repeat(40)] };
  // The examples share an account.
  await world
    .clients()
    .iam.send(new CreateOpenIDConnectProviderCommand(input))
    .catch((error: unknown) => {
      if ((error as Error).name !== "EntityAlreadyExistsException") throw error;
    });
}

async function createNamed(world: LocalStackWorld, { spec }: BucketAccess, account: AWSAccountSpec): Promise<void> {
  for (const arn of spec.role?.policyArns ?? []) await createPolicy(world, arn);
  if (spec.role?.arn !== undefined) await createConsentingRole(world, spec, spec.role.arn, account);
  if (spec.bucket === undefined) return;
  const { name: Bucket, region, accountId } = spec.bucket;
  const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
  await world.clients(accountId).s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
}

/** Path, which begins and ends with "/", and name of a role or policy. */
function partsOf(arn: string): { accountId: string; path: string; name: string } {
  const [, , , , accountId = "", resource = ""] = arn.split(":");
  const [start, end] = [resource.indexOf("/"), resource.lastIndexOf("/")];
  return { accountId, path: resource.slice(start, end + 1), name: resource.slice(end + 1) };
}

async function createPolicy(world: LocalStackWorld, arn: string): Promise<void> {
  const { accountId, path: Path, name: PolicyName } = partsOf(arn);
  await world.clients(accountId).iam.send(new CreatePolicyCommand({ Path, PolicyName, PolicyDocument: ANYTHING }));
}

/** A role of another tool, which trusts the ServiceAccounts, and whose tag names them. */
async function createConsentingRole(
  world: LocalStackWorld,
  { serviceAccountRefs = [], role }: BucketAccessSpec,
  arn: string,
  account: AWSAccountSpec,
): Promise<void> {
  const { accountId, path: Path, name: RoleName } = partsOf(arn);
  const names = serviceAccountRefs.map(({ name }) => name);
  const trusted = names.map((name) => `${world.name}:${name}`);
  const Value = names.map((name) => `test/${world.name}/${name}`).join(" ");
  const { iam } = world.clients(accountId);
  await iam.send(
    new CreateRoleCommand({
      Path,
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(trustIn(trusted, account)),
      Tags: [{ Key: "s3-operator.io/service-accounts", Value }],
    }),
  );
  for (const PolicyArn of role?.policyArns ?? []) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
}
