import { describe, expect, test } from "vitest";
import type { AWSAccountSpec } from "../../api/types.ts";
import { awsAccount, target } from "../../bucket/testing/fixtures.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import { bucketAccess } from "../testing/objects.ts";
import { desiredAccess } from "./desired.ts";

const OIDC = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC";
const BOTH = { type: "IRSA", oidcProviderArn: OIDC, clusterName: "main" } as const;
const BUCKET = {
  name: "docs",
  arn: "arn:aws:s3:::docs",
  region: "eu-central-1",
  accountId: "111122223333",
  formerEncryptions: [],
};

function desired(object = bucketAccess(), account: Partial<AWSAccountSpec> = { workloadIdentity: BOTH }) {
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

describe("desiredAccess: the workload identity", () => {
  test("is that of the account, unless the spec has another", () => {
    expect(desired()).toMatchObject({ identity: "IRSA" });
    expect(desired()).not.toHaveProperty("association");
    expect(desired(bucketAccess({ identity: "PodIdentity" }))).toMatchObject({
      identity: "PodIdentity",
      association: { clusterName: "main", namespace: "team", serviceAccount: "app" },
    });
  });

  test.each<[AWSAccountSpec["workloadIdentity"], "IRSA" | "PodIdentity" | undefined]>([
    [undefined, undefined],
    [undefined, "IRSA"],
    [{ type: "IRSA", oidcProviderArn: OIDC }, "PodIdentity"],
    [{ type: "PodIdentity", clusterName: "main" }, "IRSA"],
  ])("is not configured with account %j and spec %s", (workloadIdentity, identity) => {
    const access = bucketAccess(identity && { identity });
    expect(reasonOf(() => desired(access, workloadIdentity ? { workloadIdentity } : {}))).toBe(
      "WorkloadIdentityNotConfigured",
    );
  });
});

describe("desiredAccess: the role", () => {
  test("keeps its name and path when the account's rolePrefix and rolePath change", () => {
    const { role } = desired();
    const status = { roles: [{ name: role?.name ?? "", arn: role?.arn ?? "" }] };
    const iam = { rolePath: "/other/", rolePrefix: "other-" };
    const later = desired(bucketAccess({}, {}, status), { workloadIdentity: BOTH, iam });
    expect(later.role).toMatchObject({ name: role?.name, arn: role?.arn, path: "/s3-operator/" });
    expect(desired(bucketAccess(), { workloadIdentity: BOTH, iam }).role?.arn).toContain(":role/other/other-");
  });

  test("has its own path while status still has the ARN of a shared role", () => {
    const { role } = desired();
    const status = { roles: [{ name: role?.name ?? "", arn: "arn:aws:iam::111122223333:role/pods" }] };
    expect(desired(bucketAccess({}, {}, status)).role).toMatchObject({ arn: role?.arn, path: "/s3-operator/" });
  });

  test("has the ownership tags, which the account's tags do not override", () => {
    const tags = { team: "platform", "s3-operator.io/name": "theirs" };
    expect(desired(bucketAccess(), { workloadIdentity: BOTH, iam: { tags } }).role?.tags).toMatchObject({
      team: "platform",
      "s3-operator.io/name": "reader",
    });
  });
});

describe("desiredAccess: a shared role", () => {
  const sharedRoleArn = "arn:aws:iam::111122223333:role/pods";

  test("is restricted by the session policy of the association", () => {
    const workloadIdentity = { type: "PodIdentity", clusterName: "main", sharedRoleArn } as const;
    const { role, roleArn, association, policy } = desired(bucketAccess({ role: { type: "Shared" } }), {
      workloadIdentity,
    });
    expect(role).toBeUndefined();
    expect(roleArn).toBe(sharedRoleArn);
    expect(association).toMatchObject({ roleArn: sharedRoleArn, policy });
  });

  test("needs Pod Identity and a sharedRoleArn in the account", () => {
    const shared = bucketAccess({ role: { type: "Shared" } });
    expect(reasonOf(() => desired(shared))).toBe("WorkloadIdentityNotConfigured");
    const workloadIdentity = { type: "PodIdentity", clusterName: "main" } as const;
    expect(reasonOf(() => desired(shared, { workloadIdentity }))).toBe("WorkloadIdentityNotConfigured");
  });
});
