import { describe, expect, test } from "vitest";
import { trustPolicy } from "../../access/policy/trust.ts";
import { bucketAccess } from "../../access/testing/objects.ts";
import type { BucketAccessSpec, RoleStatus } from "../../api/types.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { Findings, Read } from "../findings.ts";
import { serviceAccountLayer, trustLayer, type Credentials } from "./credentials.ts";

const ROLE = "arn:aws:iam::111122223333:role/s3-operator/main-team-app";
const OTHER = "arn:aws:iam::111122223333:role/other";
const ASSOCIATION = "arn:aws:eks:eu-central-1:111122223333:podidentityassociation/main/a-1";
const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/A";
const WORKLOAD = { namespace: "team", serviceAccount: "app" };

function serviceAccount(roleArn?: string): Read<KubeObject> {
  const annotations = roleArn === undefined ? {} : { "eks.amazonaws.com/role-arn": roleArn };
  return {
    value: { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace: "team", name: "app", annotations } },
  };
}

function credentials(
  account: Credentials["serviceAccount"],
  found: Partial<Pick<Findings, "association" | "trust">> = {},
  spec: Partial<BucketAccessSpec> = {},
  role: Partial<RoleStatus> = {},
): Credentials {
  const findings = { association: undefined, trust: undefined, ...found } as Findings;
  return {
    access: bucketAccess(spec),
    role: { arn: ROLE, serviceAccount: "app", ...role },
    serviceAccount: account,
    findings,
  };
}

const associated = { associationArn: ASSOCIATION };
const associationWith = (roleArn: string) => ({ association: { value: { roleArn } } });

describe("serviceAccountLayer", () => {
  test.each<[string, Credentials, string, string]>([
    ["the annotation of the role", credentials(serviceAccount(ROLE)), "allowed", "names the role"],
    ["the annotation of another role", credentials(serviceAccount(OTHER)), "blocks", `another role, ${OTHER}`],
    ["no ServiceAccount", credentials({ value: undefined }), "blocks", "does not exist"],
    ["no annotation", credentials(serviceAccount()), "cannot tell", "only if they set AWS_ROLE_ARN"],
    [
      "no annotation, but asked for",
      credentials(serviceAccount(), {}, { annotateServiceAccount: true }),
      "blocks",
      "has no annotation",
    ],
    [
      "a ServiceAccount that may not be read",
      credentials({ remedy: "allow get on serviceaccounts" }),
      "cannot tell",
      "cannot be read",
    ],
    [
      "the association of the role",
      credentials(serviceAccount(), associationWith(ROLE), {}, associated),
      "allowed",
      "gives ServiceAccount 'app' the role",
    ],
    [
      "the association of the role, and the annotation of another",
      credentials(serviceAccount(OTHER), associationWith(ROLE), {}, associated),
      "allowed",
      "the role",
    ],
    [
      "the association of another role",
      credentials(serviceAccount(), associationWith(OTHER), {}, associated),
      "blocks",
      `another role, ${OTHER}`,
    ],
    [
      "a deleted association",
      credentials(serviceAccount(), { association: { value: undefined } }, {}, associated),
      "blocks",
      "no Pod Identity association",
    ],
    [
      "no association yet",
      credentials(serviceAccount(ROLE), {}, { identity: "PodIdentity" }),
      "blocks",
      "no Pod Identity association",
    ],
    [
      "an association that may not be read",
      credentials(serviceAccount(), { association: { remedy: "allow it" } }, {}, associated),
      "cannot tell",
      "cannot be read",
    ],
  ])("%s", (_, given, state, detail) => {
    expect(serviceAccountLayer(given)).toMatchObject({ state, detail: expect.stringContaining(detail) as string });
  });
});

describe("trustLayer", () => {
  const layer = (trust: PolicyDocument, role: Partial<RoleStatus> = {}) =>
    trustLayer(credentials(serviceAccount(ROLE), { trust: { value: trust } }, {}, role));
  const irsa = trustPolicy({ type: "IRSA", oidcProviderArn: PROVIDER }, WORKLOAD);
  const clusterArn = "arn:aws:eks:eu-central-1:111122223333:cluster/main";
  const pods = trustPolicy({ type: "PodIdentity", clusterArn }, WORKLOAD);

  test("allows a role that trusts the ServiceAccount, of any of its issuers", () => {
    expect(layer(irsa)).toMatchObject({
      state: "allowed",
      detail: `it trusts ServiceAccount 'team/app' of ${PROVIDER}`,
    });
    expect(layer(pods, associated)).toMatchObject({ state: "allowed" });
    const another = trustPolicy({ type: "IRSA", oidcProviderArn: `${PROVIDER}2` }, { ...WORKLOAD, namespace: "x" });
    expect(layer({ ...irsa, Statement: [...another.Statement, ...irsa.Statement] })).toMatchObject({
      state: "allowed",
    });
  });

  test("blocks a role that does not trust it", () => {
    const others = trustPolicy({ type: "IRSA", oidcProviderArn: PROVIDER }, { ...WORKLOAD, namespace: "x" });
    expect(layer(others)).toMatchObject({
      state: "blocks",
      detail: expect.stringContaining("does not trust") as string,
    });
    expect(layer(pods)).toMatchObject({
      state: "blocks",
      detail: expect.stringContaining("no OIDC provider") as string,
    });
    expect(layer(irsa, associated)).toMatchObject({ state: "blocks" });
    const foreign = trustPolicy({ type: "PodIdentity", clusterArn: `${clusterArn}2` }, WORKLOAD);
    expect(layer(foreign, associated)).toMatchObject({ state: "blocks" });
  });

  test("is absent for a role that was not read, or does not exist", () => {
    expect(trustLayer(credentials(serviceAccount(ROLE)))).toBeUndefined();
    expect(trustLayer(credentials(serviceAccount(ROLE), { trust: { value: undefined } }))).toBeUndefined();
    const denied = trustLayer(credentials(serviceAccount(ROLE), { trust: { remedy: "allow iam:GetRole" } }));
    expect(denied?.state).toBe("cannot tell");
  });
});
