import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, BucketAccessSpec } from "../../api/types.ts";
import { awsAccount } from "../../bucket/testing/fixtures.ts";
import { bucketAccess } from "../testing/objects.ts";
import { conflictOf, wishesOf } from "./wishes.ts";

const IRSA = { type: "IRSA", oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/ours", clusterName: "main" };
const account = (spec: object = {}) => awsAccount({ workloadIdentity: IRSA, ...spec } as Partial<AWSAccountSpec>);
const wishes = (spec: Partial<BucketAccessSpec> = {}, of: object = {}) => wishesOf(bucketAccess(spec), account(of));

const EXISTING = { role: { arn: "arn:aws:iam::111122223333:role/app" } };
const SHARED = { role: { type: "Shared" as const } };

describe("two BucketAccesses of one ServiceAccount conflict in", () => {
  test.each<[string, Partial<BucketAccessSpec>, object]>([
    ["AWS account", {}, { accountId: "444455556666" }],
    ["spec.identity", { identity: "PodIdentity" }, {}],
    ["spec.workloadIdentity of the AWSAccount", {}, { workloadIdentity: { ...IRSA, oidcProviderArn: "another" } }],
    ["spec.role.type", SHARED, {}],
    ["spec.role.type", EXISTING, {}],
    ["spec.iam.permissionsBoundaryArn of the AWSAccount", {}, { iam: { permissionsBoundaryArn: "arn" } }],
    ["spec.iam.rolePath of the AWSAccount", {}, { iam: { rolePath: "/apps/" } }],
    ["spec.iam.rolePrefix of the AWSAccount", {}, { iam: { rolePrefix: "s3-" } }],
    ["spec.iam.tags of the AWSAccount", {}, { iam: { tags: { team: "a" } } }],
  ])("%s: %j and %j", (field, spec, of) => {
    expect(conflictOf(wishes(), wishes(spec, of))).toBe(field);
    expect(conflictOf(wishes(spec, of), wishes())).toBe(field);
  });

  test("the role, of two existing or two shared ones", () => {
    const other = { role: { arn: "arn:aws:iam::111122223333:role/other" } };
    expect(conflictOf(wishes(EXISTING), wishes(other))).toBe("spec.role.arn");
    const shared = (sharedRoleArn: string) => ({ workloadIdentity: { ...IRSA, sharedRoleArn } });
    expect(conflictOf(wishes(SHARED, shared("one")), wishes(SHARED, shared("two")))).toBe("spec.role.arn");
  });

  test("the cluster, for Pod Identity", () => {
    const pods = { identity: "PodIdentity" as const };
    const field = "spec.workloadIdentity of the AWSAccount";
    expect(conflictOf(wishes(pods), wishes(pods, { region: "eu-west-1" }))).toBe(field);
    expect(conflictOf(wishes(pods), wishes(pods, { workloadIdentity: { ...IRSA, clusterName: "b" } }))).toBe(field);
    expect(wishes(pods, { workloadIdentity: undefined }).provider).toBeUndefined();
  });
});

test.each<[string, Partial<BucketAccessSpec>, object]>([
  ["the default of the AWSAccount, spelled out", { identity: "IRSA", role: { type: "Own" } }, {}],
  ["another region with IRSA", {}, { region: "eu-west-1" }],
  ["a shared role that is not used", {}, { workloadIdentity: { ...IRSA, sharedRoleArn: "arn" } }],
])("%s is no conflict", (_case, spec, of) => {
  expect(conflictOf(wishes(), wishes(spec, of))).toBeUndefined();
});

test.each([EXISTING, SHARED])("what only a role of the operator's own has does not matter for %j", (spec) => {
  const iam = { permissionsBoundaryArn: "arn", rolePath: "/apps/", rolePrefix: "s3-", tags: { team: "a" } };
  expect(conflictOf(wishes(spec), wishes(spec, { iam }))).toBeUndefined();
});

test("the order of tags does not matter", () => {
  const tagged = (tags: Record<string, string>) => wishes({}, { iam: { tags } });
  expect(conflictOf(tagged({ a: "1", b: "2" }), tagged({ b: "2", a: "1" }))).toBeUndefined();
});

test("a role for web identities of the spec has no identity of the account", () => {
  const webIdentity = {} as NonNullable<BucketAccessSpec["webIdentity"]>;
  expect(wishes({ webIdentity })).toMatchObject({ identity: undefined, provider: undefined });
});
