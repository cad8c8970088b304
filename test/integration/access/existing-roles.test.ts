/** Roles that another tool made, and roles of web identities. */

import { expect, test } from "vitest";
import type { BucketAccess } from "../../../operator/api/types.ts";
import type { Role } from "../../aws/index.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  associations,
  clusterOf,
  createServiceAccount,
  expectAccessInvariants,
  inlinePolicy,
  policyNameFor,
  roleOf,
  SERVICE_ACCOUNTS,
  worldWithBucket,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

const CONSENT = "s3-operator.io/service-accounts";
const EMPTY = JSON.stringify({ Version: "2012-10-17", Statement: [] });

/** A role of Terraform, with policies of its own, whose owner consents. */
function foreignRole({ account, name }: World): Role {
  const role = account.addRole("terraform", { path: "/apps/" });
  role.tags.set(CONSENT, `elsewhere/team/app test/${name}/app`).set("owner", "terraform");
  role.inlinePolicies.set("sqs", EMPTY);
  role.attachedPolicies.add(account.addManagedPolicy("rds", JSON.parse(EMPTY) as { Version: string; Statement: [] }));
  const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABC123";
  role.assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account.id}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:sub`]: `system:serviceaccount:${name}:app`,
            [`${issuer}:aud`]: "sts.amazonaws.com",
          },
        },
      },
    ],
  });
  return role;
}

/** The role without the inline policy of the BucketAccess. */
function restOf(role: Role, access: BucketAccess): Role {
  const copy = structuredClone(role);
  copy.inlinePolicies.delete(policyNameFor(access));
  return copy;
}

const allowed = ({ account }: World) => ({
  access: { rules: [{ roleArns: [`arn:aws:iam::${account.id}:role/apps/*`] }] },
});

function messageOf(access: BucketAccess): string {
  return condition(access, "Ready")?.message ?? "";
}

test("an existing role gets only the inline policy of the BucketAccess, and loses only that", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, allowed(world));
  const role = foreignRole(world);
  const before = structuredClone(role);
  const access = await accesses.ready("reader", { role: { arn: role.arn } });
  expect(access.status?.roles).toEqual([{ serviceAccount: "app", arn: role.arn }]);
  expect(JSON.stringify(inlinePolicy(role, access))).toContain("/raw/*");
  expect(restOf(role, access)).toEqual(before);
  expect(messageOf(access)).toContain("eks.amazonaws.com/role-arn");
  await expectAccessInvariants(world, accesses);
  expect([...world.account.roles.values()]).toEqual([role]);

  role.inlinePolicies.set(policyNameFor(access), EMPTY);
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", (each) => isReady(each) && each.status?.drift?.lastCorrectedTime !== undefined);
  expect(JSON.stringify(inlinePolicy(role, access))).toContain("/raw/*");

  await accesses.remove("reader");
  expect(role).toEqual(before);
});

test("consent that the role's owner withdraws takes the policy with it; without consent nothing is written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, allowed(world));
  const role = foreignRole(world);
  await accesses.ready("reader", { role: { arn: role.arn } });
  role.tags.set(CONSENT, `test/${world.name}/apple other/${world.name}/app`);
  await accesses.reconcileAgain("reader");
  const refused = await accesses.when("reader", isStalled("RoleNotConsented"));
  expect(messageOf(refused)).toContain(`test/${world.name}/app`);
  expect([...role.inlinePolicies.keys()]).toEqual(["sqs"]);
  await accesses.remove("reader");
  await accesses.apply("reader", { role: { arn: role.arn.replace("terraform", "missing") } });
  await accesses.when("reader", isStalled("RoleNotFound"));
});

test("a role that does not trust the ServiceAccount is told", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, allowed(world));
  const role = foreignRole(world);
  const trust = role.assumeRolePolicy;
  role.assumeRolePolicy = trust.replace(":app", ":other");
  await accesses.apply("reader", { role: { arn: role.arn } });
  const told = await accesses.when("reader", isStalled("RoleNotTrusting"));
  expect(messageOf(told)).toContain("by IRSA");
  role.assumeRolePolicy = trust;
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
});

test("a BucketAccess changes from its own role to an existing one, to another, and back; each keeps nothing of it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, allowed(world));
  const role = foreignRole(world);
  const before = structuredClone(role);
  const own = roleOf(world, await accesses.ready("reader", { identity: "PodIdentity" }));
  role.assumeRolePolicy = own.assumeRolePolicy;
  await accesses.readyAfter("reader", { role: { arn: role.arn } });
  expect([...world.account.roles.keys()]).toEqual([role.arn]);
  expect(associations(world)).toMatchObject([{ roleArn: role.arn }]);
  await accesses.readyAfter("reader", { role: null });
  expect(world.account.roles.size).toBe(2);
  expect([...role.inlinePolicies]).toEqual([...before.inlinePolicies]);
  expect(associations(world)).toMatchObject([{ roleArn: own.arn }]);
  await expectAccessInvariants(world, accesses);
});

test("web identities have a role of the BucketAccess alone, which trusts exactly their subjects", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const providerArn = `arn:aws:iam::${world.account.id}:oidc-provider/token.actions.githubusercontent.com`;
  const subjects = ["repo:acme/shop:ref:refs/heads/main"];
  await worldWithBucket(
    world,
    {},
    { access: { rules: [{ webIdentities: [{ providerArn, subjects: ["repo:acme/*"] }] }] } },
  );
  const webIdentity = { providerArn, subjects, audience: "sts.amazonaws.com" };
  const access = await accesses.ready("deploy", { webIdentity });
  const role = roleOf(world, access);
  expect(access.status?.roles).toEqual([{ name: role.name, arn: role.arn }]);
  expect(role.tags.get("s3-operator.io/name")).toBe("deploy");
  expect(role.assumeRolePolicy).toContain(subjects[0]);
  expect(inlinePolicy(role, access)).not.toBeNull();
  await expectAccessInvariants(world, accesses);
  await accesses.remove("deploy");
  expect(world.account.roles.size).toBe(0);
});

test("Pod Identity: the annotation for IRSA on the ServiceAccount is told, since older Pods still use it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const theirs = "arn:aws:iam::111122223333:role/theirs";
  await createServiceAccount(world, world.name, "app", { "eks.amazonaws.com/role-arn": theirs });
  const told = await accesses.ready("reader", { identity: "PodIdentity" });
  expect(messageOf(told)).toContain(`still use the role '${theirs}'`);
  expect(associations(world)).toHaveLength(1);
  const annotations = { "eks.amazonaws.com/role-arn": null };
  await world.kube.mergePatch(SERVICE_ACCOUNTS, { namespace: world.name, name: "app" }, { metadata: { annotations } });
  expect(messageOf(await accesses.reconcileAgain("reader"))).not.toContain(theirs);
});

test("IRSA: a Pod Identity association of another role is told, since EKS prefers it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 1_000 });
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const serviceAccountRefs = [{ name: "other" }];
  await accesses.ready("other", { identity: "PodIdentity", serviceAccountRefs });
  const [association] = associations(world);
  if (association === undefined) throw new Error("There is no association");
  const id = "a-theirs";
  const arn = association.arn.replace(association.id, id);
  const theirs = { ...association, id, arn, serviceAccount: "app", tags: new Map() };
  clusterOf(world).podIdentityAssociations.set(theirs.id, theirs);
  await accesses.apply("reader", {});
  const told = await accesses.when("reader", isStalled("AssociationNotOwned"));
  expect(messageOf(told)).toContain(theirs.roleArn);
  clusterOf(world).podIdentityAssociations.delete(theirs.id);
  await accesses.when("reader", isReady);
});
