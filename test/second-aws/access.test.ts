import {
  CreateOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import type { BucketAccess } from "../../operator/api/types.ts";
import { operatorWrites } from "../integration/support/expect/invariants.ts";
import { isReady } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { accessesOf, GRANTS, roleStatusOf, type Accesses } from "../integration/support/world/access.ts";
import { createLocalStackWorld, type LocalStackWorld } from "./world.ts";

const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/ABC123";
const ANYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});

/** A role as IAM shows it, with documents as JSON. */
interface RoleAtIam {
  trust: string;
  inline: Record<string, string>;
}

async function readRole(iam: IAMClient, RoleName: string): Promise<RoleAtIam> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const inline: [string, string][] = [];
  for (const PolicyName of PolicyNames.toSorted()) {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    inline.push([PolicyName, canonical(PolicyDocument)]);
  }
  return { trust: canonical(Role?.AssumeRolePolicyDocument ?? ""), inline: Object.fromEntries(inline) };
}

/** IAM answers documents percent-encoded. */
function canonical(document: string): string {
  return JSON.stringify(JSON.parse(decodeURIComponent(document)));
}

/** A change by hand. */
interface Change {
  what: string;
  setting: string;
  change: (iam: IAMClient, RoleName: string, policyName: string) => Promise<unknown>;
}

const put = (RoleName: string, PolicyName: string) =>
  new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: ANYTHING });

const CHANGES: Change[] = [
  { what: "a foreign inline policy", setting: "otherPolicies", change: (iam, role) => iam.send(put(role, "theirs")) },
  { what: "a widened policy", setting: "permissions", change: (iam, role, policy) => iam.send(put(role, policy)) },
  {
    what: "a deleted policy",
    setting: "permissions",
    change: (iam, RoleName, PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
  },
  {
    what: "a trust in everyone",
    setting: "trust",
    change: (iam, RoleName) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: OPEN_TRUST })),
  },
  {
    what: "a deleted role",
    setting: "role",
    change: async (iam, RoleName, PolicyName) => {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  },
];

const OPEN_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
});

async function readyAccess(world: LocalStackWorld, accesses: Accesses): Promise<BucketAccess> {
  const { iam } = world.clients();
  const provider = { Url: `https://${ISSUER}`, ClientIDList: ["sts.amazonaws.com"], ThumbprintList: ["0".repeat(40)] };
  const { OpenIDConnectProviderArn = "" } = await iam.send(new CreateOpenIDConnectProviderCommand(provider));
  await world.applyAccount({ workloadIdentity: { type: "IRSA", oidcProviderArn: OpenIDConnectProviderArn } });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  return accesses.ready("reader", {});
}

async function expectNothingMore(world: LocalStackWorld, accesses: Accesses): Promise<void> {
  const writes = operatorWrites(world).length;
  await accesses.reconcileAgain("reader");
  const since = operatorWrites(world).slice(writes);
  expect(
    since.map(({ operation }) => operation),
    "a second look writes nothing",
  ).toEqual([]);
}

test("a BucketAccess makes a role for IRSA, changes it with the grants, and deletes it with the object", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const { iam } = world.clients();
  const { name: RoleName = "" } = roleStatusOf(await readyAccess(world, accesses));
  const before = await readRole(iam, RoleName);
  expect(before.trust).toContain(`"${ISSUER}:sub":"system:serviceaccount:${world.name}:app"`);
  expect(Object.values(before.inline).join()).toContain(`${world.bucketName("docs")}/raw/*`);
  await expectNothingMore(world, accesses);

  await accesses.readyAfter("reader", { grants: [...GRANTS, { prefix: "more/", permissions: ["List"] }] });
  const after = await readRole(iam, RoleName);
  expect(after.trust).toBe(before.trust);
  expect(Object.values(after.inline).join()).toContain("more/");
  await expectNothingMore(world, accesses);

  await accesses.remove("reader");
  await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test.for(CHANGES)("$what is corrected", async ({ setting, change }) => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  const { iam } = world.clients();
  const { name: RoleName = "" } = roleStatusOf(await readyAccess(world, accesses));
  const before = await readRole(iam, RoleName);
  await change(iam, RoleName, Object.keys(before.inline)[0] ?? "");
  await accesses.reconcileAgain("reader");
  const isCorrected = (access: BucketAccess) =>
    isReady(access) && access.status?.drift?.lastCorrectedTime !== undefined;
  const { status } = await accesses.when("reader", isCorrected);
  expect(status?.drift?.changes?.map((each) => each.setting)).toContain(setting);
  expect(await readRole(iam, RoleName)).toEqual(before);
  await expectNothingMore(world, accesses);
});
