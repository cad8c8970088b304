import type { Role } from "@aws-sdk/client-iam";
import { describe, expect, test } from "vitest";
import { roleOwnerIn } from "../../api/ownership.ts";
import type { BucketAccess, BucketAccessSpec } from "../../api/types.ts";
import { awsAccount } from "../../bucket/testing/fixtures.ts";
import { trustPolicy } from "../policy/trust.ts";
import { bucketAccess } from "../testing/objects.ts";
import { policyNameOf } from "../workload/role/name.ts";
import { expectedIn, type WantedIn } from "./expected.ts";
import {
  existingRoles,
  managedRoles,
  surplusAttached,
  surplusPolicies,
  surplusRoles,
  unattendedRoles,
  wasMadeFor,
} from "./judge.ts";
import { formerHashOf, roleHashOf, roleNamesOf } from "./names.ts";
import { sweepScope } from "./scope.ts";

const ID = "111122223333";
const PROVIDER = `arn:aws:iam::${ID}:oidc-provider/oidc.example.com/id/OURS`;
const OTHER_PROVIDER = PROVIDER.replace("OURS", "THEIRS");
const workloadIdentity = { type: "IRSA", oidcProviderArn: PROVIDER, clusterName: "main" } as const;
const account = awsAccount({ workloadIdentity });
const workload = { namespace: "team", serviceAccount: "app" };

function scopeOf(...accounts: Parameters<typeof sweepScope>[2]) {
  const scope = sweepScope(ID, "aws", accounts);
  if (scope === undefined) throw new Error("There is no scope");
  return scope;
}

function expected(accesses: BucketAccess[], wantedIn: (access: BucketAccess) => WantedIn = () => account) {
  return expectedIn({ accountId: ID, partition: "aws", cluster: "prod", accesses, wantedIn });
}

function role(RoleName: string, more: Partial<Role> = {}, trusted = PROVIDER): Role {
  const { Path = "/s3-operator/" } = more;
  return {
    RoleName,
    Path,
    RoleId: `AROA${RoleName}`,
    Arn: `arn:aws:iam::${ID}:role${Path}${RoleName}`,
    CreateDate: new Date(0),
    AssumeRolePolicyDocument: encodeURIComponent(
      JSON.stringify(trustPolicy({ type: "IRSA", oidcProviderArn: trusted }, workload)),
    ),
    ...more,
  };
}

const access = (name: string, spec: Partial<BucketAccessSpec> = {}, annotations: Record<string, string> = {}) =>
  bucketAccess({ serviceAccountRefs: [{ name }], ...spec }, { name, annotations });
const nameOf = (each: BucketAccess, prefix?: string) => roleNamesOf("prod", each, prefix)[0] ?? "";
const surplus = (roles: Role[], accesses: BucketAccess[], scope = scopeOf(account)) =>
  surplusRoles(managedRoles(roles, scope), expected(accesses)).map(({ name }) => name);

describe("surplusRoles", () => {
  const reader = access("reader");
  const gone = nameOf(access("gone"));

  test("names the roles that no BucketAccess asks for", () => {
    expect(surplus([role(nameOf(reader)), role(gone)], [reader])).toEqual([gone]);
  });

  test("does not count an access that is being deleted, nor one that is refused or wanted in another account", () => {
    const deleting = bucketAccess(reader.spec, { name: "reader", deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(surplus([role(nameOf(reader))], [deleting])).toEqual([nameOf(reader)]);
    for (const wantedIn of [undefined, awsAccount({ accountId: "444455556666" })]) {
      const roles = managedRoles([role(nameOf(reader))], scopeOf(account));
      expect(
        surplusRoles(
          roles,
          expected([reader], () => wantedIn),
        ),
      ).toHaveLength(1);
    }
  });

  test("keeps the role of an access that is undecided", () => {
    const roles = managedRoles([role(nameOf(reader))], scopeOf(account));
    expect(
      surplusRoles(
        roles,
        expected([reader], () => "Undecided"),
      ),
    ).toEqual([]);
  });

  test.each([
    ["of another cluster of the same name", role(gone, {}, OTHER_PROVIDER), "Tokens"],
    ["for all callers", role(gone, { AssumeRolePolicyDocument: trust({ AWS: "*" }) }), undefined],
    ["for an account", role(gone, { AssumeRolePolicyDocument: trust({ AWS: ID }) }), undefined],
    ["without a trust policy", role(gone, { AssumeRolePolicyDocument: "" }), undefined],
    ["with a name that is not the operator's", role("terraform-app"), undefined],
    ["below another path", role(gone, { Path: "/platform/" }), undefined],
  ])("takes a role %s for another's, or looks at its tags", (_, found, trustKind) => {
    expect(managedRoles([found], scopeOf(account)).map((each) => each.trust)).toEqual(trustKind ? [trustKind] : []);
  });

  test("keeps a role with a former prefix until another role has the place of a new one", () => {
    const prefixed = awsAccount({ workloadIdentity, iam: { rolePrefix: "s3-" } });
    const [former, current] = [role(nameOf(reader)), role(nameOf(reader, "s3-"))];
    const judged = (roles: Role[]) =>
      surplusRoles(
        managedRoles(roles, scopeOf(prefixed)),
        expected([reader], () => prefixed),
      );
    expect(judged([former])).toEqual([]);
    expect(judged([former, current])).toMatchObject([{ name: former.RoleName, isReplaced: true }]);
  });
});

function trust(Principal: object): string {
  return JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] });
}

test("a role for Pod Identity is this cluster's by the ARN in its trust policy", () => {
  const trusting = (name: string) =>
    role(nameOf(access("reader")), {
      AssumeRolePolicyDocument: JSON.stringify(
        trustPolicy({ type: "PodIdentity", clusterArn: `arn:aws:eks:eu-central-1:${ID}:cluster/${name}` }, workload),
      ),
    });
  expect(managedRoles([trusting("main")], scopeOf(account))).toMatchObject([{ trust: "Cluster" }]);
  expect(managedRoles([trusting("other")], scopeOf(account))).toEqual([]);
});

test("a role that also trusts another caller is left alone", () => {
  const both = [trustPolicy({ type: "IRSA", oidcProviderArn: PROVIDER }, workload).Statement[0], { AWS: ID }];
  const document = JSON.stringify({ Statement: [both[0], { Effect: "Allow", Principal: both[1] }] });
  expect(managedRoles([role(nameOf(access("a")), { AssumeRolePolicyDocument: document })], scopeOf(account))).toEqual(
    [],
  );
});

test("only a role whose contributors are all paused is looked at by the sweep", () => {
  const paused = { "s3-operator.io/paused": "true" };
  const roles = managedRoles([role(nameOf(access("a"))), role(nameOf(access("b")))], scopeOf(account));
  const unattended = unattendedRoles(roles, expected([access("a", {}, paused), access("b")]));
  expect(unattended.map(({ name }) => name)).toEqual([nameOf(access("a"))]);
});

test("existing roles are those that a rule lets BucketAccesses name, and that trust the cluster", () => {
  const rules = [{ roleArns: [`arn:aws:iam::${ID}:role/apps/{namespace}-*`] }];
  const scope = scopeOf(awsAccount({ workloadIdentity, access: { rules } }));
  expect(scope.listedPaths).toEqual(["/s3-operator/", "/apps/"]);
  const found = [
    role("team-web", { Path: "/apps/" }),
    role("team-db", { Path: "/apps/" }, OTHER_PROVIDER),
    role("web", { Path: "/apps/" }),
    role(nameOf(access("reader"))),
  ];
  expect(existingRoles(found, scope).map(({ RoleName }) => RoleName)).toEqual(["team-web"]);
});

test("policies of other tools and of other clusters are not surplus", () => {
  const [own, gone, foreign] = ["reader", "gone", "reader"].map((name, index) =>
    policyNameOf({ cluster: index === 2 ? "test" : "prod", namespace: "team", name }),
  );
  const found = [own, gone, foreign, "s3-operator", "rds"].map((name) => name ?? "");
  expect(surplusPolicies("prod", found, new Set([own ?? ""]))).toEqual([gone]);
});

test("managed policies that no BucketAccess names are surplus", () => {
  const arn = (name: string) => `arn:aws:iam::${ID}:policy/${name}`;
  const accesses = [access("a", { role: { policyArns: [arn("sqs")] } }), access("b")];
  expect(surplusAttached([arn("sqs"), arn("rds")], accesses)).toEqual([arn("rds")]);
});

test("an access with a shared or an existing role has no role of its own, and one of web identities has one", () => {
  const webIdentity = { providerArn: OTHER_PROVIDER, subjects: ["repo:acme/shop"], audience: "sts.amazonaws.com" };
  const { serviceAccountRefs: _, ...spec } = access("ci").spec;
  const ofWorkflow = { ...access("ci"), spec: { ...spec, webIdentity } };
  const others = [{ type: "Shared" as const }, { arn: `arn:aws:iam::${ID}:role/x` }].map((each) =>
    access("a", { role: each }),
  );
  expect(others.flatMap((each) => roleNamesOf("prod", each))).toEqual([]);
  const ofWeb = managedRoles([role(nameOf(ofWorkflow), {}, OTHER_PROVIDER)], scopeOf(account));
  expect(surplusRoles(ofWeb, expected([ofWorkflow]))).toEqual([]);
  expect(surplusRoles(ofWeb, expected([]))).toHaveLength(1);
});

describe("tags", () => {
  const tags = (name: Record<string, string>, cluster = "prod") => ({
    "s3-operator.io/cluster": cluster,
    "s3-operator.io/namespace": "team",
    ...name,
  });
  const owner = { cluster: "prod", namespace: "team", name: "app" };

  test("name a ServiceAccount, or a BucketAccess", () => {
    expect(roleOwnerIn(tags({ "s3-operator.io/service-account": "app" }), "prod")?.kind).toBe("ServiceAccount");
    expect(roleOwnerIn(tags({ "s3-operator.io/name": "app" }), "prod")?.kind).toBe("BucketAccess");
    expect(roleOwnerIn(tags({ "s3-operator.io/name": "app" }, "test"), "prod")).toBeUndefined();
    expect(roleOwnerIn(tags({}), "prod")).toBeUndefined();
  });

  test("that were copied to another role do not make it the operator's", () => {
    const byAccount = { ...owner, kind: "ServiceAccount" } as const;
    const byAccess = { ...owner, kind: "BucketAccess" } as const;
    expect(wasMadeFor({ key: "0123456789ab", trust: "Cluster" }, byAccount)).toBe(false);
    expect(wasMadeFor({ key: roleHashOf(byAccount), trust: "Cluster" }, byAccount)).toBe(true);
    expect(wasMadeFor({ key: roleHashOf(byAccount), trust: "Tokens" }, byAccount)).toBe(false);
    expect(wasMadeFor({ key: roleHashOf(byAccess), trust: "Tokens" }, byAccess)).toBe(true);
    expect(wasMadeFor({ key: formerHashOf(owner), trust: "Cluster" }, byAccess)).toBe(true);
    expect(wasMadeFor({ key: formerHashOf(owner), trust: "Tokens" }, byAccess)).toBe(false);
  });
});

describe("sweepScope", () => {
  const none = (...accounts: Parameters<typeof sweepScope>[2]) => sweepScope(ID, "aws", accounts);

  test("is empty for an account without workloads, of another AWS account, or paused", () => {
    expect(none(awsAccount())).toBeUndefined();
    expect(none(awsAccount({ accountId: "444455556666", workloadIdentity }))).toBeUndefined();
    const paused = { name: "main", annotations: { "s3-operator.io/paused": "true" } };
    expect(none({ ...account, metadata: paused })).toBeUndefined();
  });

  test("has an account that is being deleted, and waits for its objects", () => {
    const deleting = { name: "main", deletionTimestamp: "2026-01-01T00:00:00Z" };
    const { clusters, managedPaths } = scopeOf(account);
    expect(scopeOf({ ...account, metadata: deleting })).toMatchObject({ clusters, managedPaths });
  });

  test("joins the AWSAccounts of the AWS account, lists no path twice, and keeps the default path", () => {
    const second = awsAccount({ workloadIdentity, iam: { rolePath: "/s3-operator/second/" } }, "second");
    const third = awsAccount({ workloadIdentity, iam: { rolePath: "/apps/" } }, "third");
    const scope = scopeOf(second, third);
    expect(scope.managedPaths).toEqual(["/s3-operator/second/", "/apps/", "/s3-operator/"]);
    expect(scope.listedPaths).toEqual(["/apps/", "/s3-operator/"]);
    expect(scope.clusters).toEqual([{ name: "main", region: "eu-central-1" }]);
  });

  test("lists all roles only for a rule about all paths", () => {
    const rules = [{ roleArns: [`arn:aws:iam::${ID}:role/*`] }];
    expect(scopeOf(awsAccount({ workloadIdentity, access: { rules } })).listedPaths).toEqual(["/"]);
  });
});
