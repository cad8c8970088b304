/** Whether the OIDC provider that an AWSAccount names exists in the AWS account, and takes the tokens of Pods. */

import { expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount, AWSAccountSpec } from "../../../operator/api/types.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, addOidcProvider } from "../support/world/access.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** Issuers as clusters have them: of EKS, of AKS with a trailing slash, with a port, with a path. */
const ISSUERS = [
  "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
  "eastus.oic.prod-aks.azure.com/11111111-2222-3333-4444-555555555555/66666666-7777-8888-9999-000000000000/",
  "oidc.example.com:8443",
  "storage.googleapis.com/acme-issuers/main",
];

function specFor({ account }: World, issuer: string): Partial<AWSAccountSpec> {
  const oidcProviderArn = `arn:aws:iam::${account.id}:oidc-provider/${issuer}`;
  return { workloadIdentity: { type: "IRSA", oidcProviderArn } };
}

function accountWhen({ kube, name }: World, until: (account: AWSAccount) => boolean): Promise<AWSAccount> {
  return eventually(
    () => kube.get<AWSAccount>(AWS_ACCOUNTS, { name }),
    until,
    (last) => JSON.stringify(last?.status, undefined, 1),
  );
}

/** Makes the operator look again, which it does by itself after two minutes. */
async function lookAgain({ kube, name }: World): Promise<void> {
  const annotations = { "s3-operator.io/reconcile-requested-at": String(Math.random()) };
  await kube.mergePatch(AWS_ACCOUNTS, { name }, { metadata: { annotations } });
}

test.each(ISSUERS)("a missing provider for %s is told until it exists; buckets do not need it", async (issuer) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucket = await readyBucket(world, "docs");
  await world.applyAccount(specFor(world, issuer));
  const account = await accountWhen(world, isStalled("OIDCProviderNotFound"));
  expect(condition(account, "Ready")?.message).toContain(`oidc-provider/${issuer}'`);
  await world.editSpec("docs", { versioning: "Enabled" });
  await world.bucketWhen("docs", (each) => isReady(each) && each.metadata.generation !== bucket.metadata.generation);

  addOidcProvider(world.account, issuer);
  await lookAgain(world);
  await accountWhen(world, isReady);
  await expectInvariants(world);
});

test("a provider without the audience of Pods is told, with the command that adds it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const [issuer = ""] = ISSUERS;
  addOidcProvider(world.account, issuer, ["vault"]);
  await world.applyAccount(specFor(world, issuer));
  const account = await accountWhen(world, isStalled("OIDCAudienceMissing"));
  expect(condition(account, "Ready")?.message).toContain("--client-id sts.amazonaws.com");
});

test("where the read of the provider is denied, the AWSAccount is Ready, and lists the denied action", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.faults.deny("iam:GetOpenIDConnectProvider");
  await world.applyAccount(specFor(world, ISSUERS[0] ?? ""));
  const { status } = await accountWhen(world, (each) => isReady(each) && each.status?.denied !== undefined);
  expect(status?.denied).toMatchObject([{ action: "iam:GetOpenIDConnectProvider" }]);
});

test("a BucketAccess is reconciled while the provider is missing", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await readyBucket(world, "docs");
  await world.applyAccount(specFor(world, ISSUERS[0] ?? ""));
  await accountWhen(world, isStalled("OIDCProviderNotFound"));
  await accesses.ready("reader", {});
});
