/** Issuers of web identity tokens besides EKS: FACTS.md#web-identity. Not against AWS: it needs their keys. */

import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
} from "@aws-sdk/client-iam";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";
import { policyDocument, startWorkloads, type Workloads } from "./workload.ts";

let target: Target;
let workloads: Workloads;
let counter = 0;

beforeAll(async () => {
  target = await startTarget();
  target.simulator.evaluatePolicies = true;
  workloads = await startWorkloads(target);
});
afterAll(() => target.stop());

const AUDIENCE = "sts.amazonaws.com";

async function provider(Url: string, audience = AUDIENCE): Promise<string> {
  const create = new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: [audience] });
  return (await target.iam().send(create)).OpenIDConnectProviderArn ?? "";
}

/** A role that trusts the provider for this subject. */
async function trusting(providerArn: string, subject: string, audience = AUDIENCE): Promise<string> {
  const host = providerArn.split(":oidc-provider/")[1] ?? "";
  const AssumeRolePolicyDocument = policyDocument({
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${host}:sub`]: subject, [`${host}:aud`]: audience } },
  });
  const RoleName = `web-identity-${++counter}`;
  const { Role } = await target.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return Role?.Arn ?? "";
}

describe("issuers", () => {
  simulatorTest.for([
    ["of AKS, with a trailing slash", "https://eastus.oic.prod-aks.azure.com/tenant/cluster/"],
    ["of GKE, with a long path", "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c"],
    ["of kops, in a bucket", "https://s3.eu-central-1.amazonaws.com/oidc/cluster.example.com"],
    ["with a port", "https://oidc.example.com:8443"],
    ["with a port, a path and a slash", "https://oidc.example.com:8443/clusters/a/"],
  ] as const)("a role trusts service accounts of an issuer %s", async ([, url]) => {
    const cluster = target.simulator.account(target.accountId).addCluster(`other-${++counter}`, { oidcIssuer: url });
    const providerArn = await provider(url);
    expect(providerArn).toBe(`arn:aws:iam::${target.accountId}:oidc-provider/${url.slice("https://".length)}`);
    const get = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn });
    expect((await target.iam().send(get)).Url).toBe(url.slice("https://".length));
    const roleArn = await trusting(providerArn, "system:serviceaccount:team-a:app");
    const token = (name: string) => target.simulator.serviceAccountToken(cluster, "team-a", name);
    await workloads.webIdentity(roleArn, token("app"));
    await expect(workloads.webIdentity(roleArn, token("other"))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  simulatorTest("the issuer of a token is compared with the provider to the last slash", async () => {
    const withSlash = target.simulator.addIssuer("https://login.example.com/");
    const providerArn = await provider("https://login.example.com");
    const roleArn = await trusting(providerArn, "user");
    const token = target.simulator.webIdentityToken(withSlash, "user");
    await expect(workloads.webIdentity(roleArn, token)).rejects.toMatchObject({
      name: "InvalidIdentityTokenException",
    });
  });

  simulatorTest.for(["http://oidc.example.com", "https://oidc.example.com/?a=b", "oidc.example.com"])(
    "CreateOpenIDConnectProvider refuses the URL %s",
    async (url) => {
      await expect(provider(url)).rejects.toMatchObject({ name: "ValidationError" });
    },
  );
});

describe("subjects that are not service accounts", () => {
  simulatorTest("a workflow of GitHub Actions gets the permissions of the role that trusts its subject", async () => {
    const github = target.simulator.addIssuer("https://token.actions.githubusercontent.com");
    const providerArn = await provider(github.oidcIssuer);
    const subject = "repo:octo-org/octo-repo:ref:refs/heads/main";
    const roleArn = await trusting(providerArn, subject);
    const assume = (sub: string, audience = AUDIENCE) =>
      workloads.webIdentity(roleArn, target.simulator.webIdentityToken(github, sub, { audience }));
    const s3 = target.s3({ credentials: await assume(subject) });
    const bucket = target.bucketName();
    target.simulator.account(target.accountId).createBucket(bucket);
    const get = s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a" }));
    await expect(get).rejects.toMatchObject({ name: "AccessDenied" });
    for (const other of ["repo:octo-org/octo-repo:ref:refs/heads/dev", "repo:octo-org/octo-repo:*", `${subject}/x`]) {
      await expect(assume(other)).rejects.toMatchObject({ name: "AccessDenied" });
    }
    await expect(assume(subject, "https://github.com/octo-org")).rejects.toMatchObject({
      name: "InvalidIdentityTokenException",
    });
  });
});
