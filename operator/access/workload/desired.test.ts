import { describe, expect, test } from "vitest";
import type { AWSAccountSpec } from "../../api/types.ts";
import { awsAccount, target } from "../../bucket/testing/fixtures.ts";
import { failureIn } from "../../kube/outcome.ts";
import { desiredAccess } from "./desired.ts";
import { bucketAccess } from "../testing/objects.ts";

const OIDC = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC";
const BOTH = { type: "IRSA", oidcProviderArn: OIDC, clusterName: "main" } as const;
const BUCKET = { name: "docs", arn: "arn:aws:s3:::docs", region: "eu-central-1", formerEncryptions: [] };

function declared(object = bucketAccess(), account: Partial<AWSAccountSpec> = { workloadIdentity: BOTH }) {
  const { session } = target();
  const owner = { cluster: "prod", namespace: "team", name: object.metadata.name };
  return desiredAccess(object, "app", { account: awsAccount(account), session, owner, bucket: BUCKET });
}

function reasonOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return failureIn(error)?.reason;
  }
}

describe("the way in", () => {
  test("is the account's, unless the spec says otherwise", () => {
    expect(declared()).toMatchObject({ identity: "IRSA" });
    expect(declared()).not.toHaveProperty("association");
    expect(declared(bucketAccess({ identity: "PodIdentity" }))).toMatchObject({
      identity: "PodIdentity",
      association: { clusterName: "main", namespace: "team", serviceAccount: "app" },
    });
  });

  test.each<[AWSAccountSpec["workloadIdentity"], "IRSA" | "PodIdentity" | undefined]>([
    [undefined, undefined],
    [undefined, "IRSA"],
    [{ type: "IRSA", oidcProviderArn: OIDC }, "PodIdentity"],
    [{ type: "PodIdentity", clusterName: "main" }, "IRSA"],
  ])("account %j, spec %s: not configured", (workloadIdentity, identity) => {
    const access = bucketAccess(identity && { identity });
    expect(reasonOf(() => declared(access, workloadIdentity ? { workloadIdentity } : {}))).toBe(
      "WorkloadIdentityNotConfigured",
    );
  });
});

describe("the role", () => {
  test("keeps name and path when the account's change", () => {
    const { role } = declared();
    const status = { roleName: role?.name ?? "", roleArn: role?.arn ?? "" };
    const iam = { rolePath: "/other/", rolePrefix: "other-" };
    const later = declared(bucketAccess({}, {}, status), { workloadIdentity: BOTH, iam });
    expect(later.role).toMatchObject({ name: role?.name, arn: role?.arn, path: "/s3-operator/" });
    expect(declared(bucketAccess(), { workloadIdentity: BOTH, iam }).role?.arn).toContain(":role/other/other-");
  });

  test("is at its own path also while status still has the ARN of a shared one", () => {
    const { role } = declared();
    const status = { roleName: role?.name ?? "", roleArn: "arn:aws:iam::111122223333:role/pods" };
    expect(declared(bucketAccess({}, {}, status)).role).toMatchObject({ arn: role?.arn, path: "/s3-operator/" });
  });

  test("has its owner's tags, which those of the account do not override", () => {
    const tags = { team: "platform", "s3-operator.io/name": "theirs" };
    expect(declared(bucketAccess(), { workloadIdentity: BOTH, iam: { tags } }).role?.tags).toMatchObject({
      team: "platform",
      "s3-operator.io/name": "reader",
    });
  });
});

describe("a shared role", () => {
  const sharedRoleArn = "arn:aws:iam::111122223333:role/pods";

  test("is narrowed by the association", () => {
    const workloadIdentity = { type: "PodIdentity", clusterName: "main", sharedRoleArn } as const;
    const { role, roleArn, association, policy } = declared(bucketAccess({ role: "Shared" }), { workloadIdentity });
    expect(role).toBeUndefined();
    expect(roleArn).toBe(sharedRoleArn);
    expect(association).toMatchObject({ roleArn: sharedRoleArn, policy });
  });

  test("needs Pod Identity, and an account that has one", () => {
    const shared = bucketAccess({ role: "Shared" });
    expect(reasonOf(() => declared(shared))).toBe("WorkloadIdentityNotConfigured");
    const workloadIdentity = { type: "PodIdentity", clusterName: "main" } as const;
    expect(reasonOf(() => declared(shared, { workloadIdentity }))).toBe("WorkloadIdentityNotConfigured");
  });
});
