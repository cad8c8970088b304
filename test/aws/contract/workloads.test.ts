/**
 * Permissions of workloads while policies are evaluated: FACTS.md#workload-sessions and FACTS.md#eks-pod-identity. Not
 * against AWS: it needs a cluster.
 */

import { CreatePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import { PutRolePermissionsBoundaryCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";
import { credentialsOf, policyDocument, startWorkloads, type Workloads } from "./workload.ts";

let target: Target;
let workloads: Workloads;
let bucket = "";

beforeAll(async () => {
  target = await startTarget();
  target.simulator.evaluatePolicies = true;
  workloads = await startWorkloads(target);
});
afterAll(() => target.stop());
beforeEach(async () => {
  bucket = target.bucketName();
  account().createBucket(bucket);
  for (const Key of ["team-a/x", "team-ab/x"])
    await target.s3().send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }));
});

const account = () => target.simulator.account(target.accountId);
const DENIED = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
const saying = (message: string) => ({ ...DENIED, message: expect.stringContaining(message) as string });

const objects = (prefix: string) => `arn:aws:s3:::${bucket}/${prefix}*`;
const reading = () => ({
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
  Resource: objects("team-a/"),
});
const listing = () => ({
  Effect: "Allow",
  Action: "s3:ListBucket",
  Resource: `arn:aws:s3:::${bucket}`,
  Condition: { StringLike: { "s3:prefix": "team-a/*" } },
});

/** Trust policy for the pods of the cluster. A namespace is checked by session tag. */
function podTrust(namespace?: string): string {
  const tag = namespace === undefined ? {} : { "aws:RequestTag/kubernetes-namespace": namespace };
  return policyDocument({
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: { "aws:SourceAccount": target.accountId, ...tag },
      ArnEquals: { "aws:SourceArn": workloads.cluster.arn },
    },
  });
}

const get = (s3: S3Client, Key: string) => s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
const list = (s3: S3Client, Prefix?: string) =>
  s3.send(new ListObjectsV2Command({ Bucket: bucket, ...(Prefix !== undefined && { Prefix }) }));

describe("a role with a prefix", () => {
  simulatorTest("a role with a prefix reads and lists only below the prefix", async () => {
    const { s3 } = await workloads.start(reading(), listing());
    await get(s3, "team-a/x");
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "team-a/y", Body: "y" }));
    expect((await list(s3, "team-a/")).KeyCount).toBe(2);
    const missing = `is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${bucket}/team-ab/x" because no identity-based policy allows the s3:GetObject action`;
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(saying(missing));
    for (const prefix of [undefined, "", "team-a", "team-ab/"]) {
      await expect(list(s3, prefix)).rejects.toMatchObject(saying("s3:ListBucket"));
    }
    const remove = s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "team-a/y", VersionId: "null" }));
    await expect(remove).rejects.toMatchObject(saying("s3:DeleteObjectVersion"));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "team-a/y" }));
  });

  simulatorTest("a missing key answers 404 to a role that may list the key, and 403 to others", async () => {
    const everywhere = { ...reading(), Resource: objects("") };
    const head = (s3: S3Client, Key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    const { s3: lister } = await workloads.start(everywhere, listing());
    await expect(get(lister, "team-a/none")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(head(lister, "team-a/none")).rejects.toMatchObject({ name: "NotFound" });
    await expect(get(lister, "team-ab/none")).rejects.toMatchObject(saying("s3:ListBucket"));
    await expect(head(lister, "team-ab/none")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const exactly = { ...listing(), Condition: { StringEquals: { "s3:prefix": "state/env.tfstate" } } };
    const { s3: terraform } = await workloads.start(everywhere, exactly);
    await expect(get(terraform, "state/env.tfstate")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(get(terraform, "state/env.tfstate.tflock")).rejects.toMatchObject(saying("s3:ListBucket"));
    const { s3: reader } = await workloads.start(everywhere);
    await expect(get(reader, "team-a/none")).rejects.toMatchObject(saying("s3:ListBucket"));
    const { s3: whole } = await workloads.start(everywhere, { ...listing(), Condition: {} });
    await expect(get(whole, "none")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  simulatorTest("an old version is read below a delete marker without permission to list", async () => {
    const versioned = { ...reading(), Action: ["s3:GetObject", "s3:GetObjectVersion"] };
    const { s3 } = await workloads.start(versioned);
    const stored = account().buckets.get(bucket);
    if (stored !== undefined) stored.versioning = "Enabled";
    const { VersionId } = await target.s3().send(new PutObjectCommand({ Bucket: bucket, Key: "team-a/x", Body: "y" }));
    await target.s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: "team-a/x" }));
    await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "team-a/x", VersionId }));
    await expect(get(s3, "team-a/x")).rejects.toMatchObject(saying("s3:ListBucket"));
  });

  simulatorTest("wildcards apply in policies, not in keys, and escaped wildcards are literal characters", async () => {
    const { s3 } = await workloads.start(reading(), {
      ...reading(),
      Resource: objects("${*}${?}/${$}{aws:username}/"),
    });
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }));
    for (const key of ["team-a/*", "team-a/?", "team-a/${aws:username}", "*?/${aws:username}/x"]) await put(key);
    for (const key of ["*", "team-*", "team-?/x", "team-a?x", "ab/${aws:username}/x", "*?/pod/x"]) {
      await expect(put(key)).rejects.toMatchObject(DENIED);
    }
  });

  simulatorTest("DeleteObjects deletes the allowed keys only", async () => {
    const { s3 } = await workloads.start(reading());
    const Objects = [{ Key: "team-a/x" }, { Key: "team-ab/x" }];
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["team-a/x"]);
    expect(Errors).toMatchObject([{ Key: "team-ab/x", Code: "AccessDenied" }]);
    expect([...(account().buckets.get(bucket)?.objects.keys() ?? [])]).toEqual(["team-ab/x"]);
  });
});

describe("trust", () => {
  simulatorTest("a web identity role trusts one service account, one audience and one issuer", async () => {
    const { roleArn } = await workloads.role(workloads.irsaTrust("team-a:app"));
    const token = (namespace: string, name: string, audience?: string) =>
      target.simulator.serviceAccountToken(
        workloads.cluster,
        namespace,
        name,
        audience === undefined ? {} : { audience },
      );
    await workloads.webIdentity(roleArn, token("team-a", "app"));
    await expect(workloads.webIdentity(roleArn, token("team-b", "app"))).rejects.toMatchObject(DENIED);
    await expect(workloads.webIdentity(roleArn, token("team-a", "app2"))).rejects.toMatchObject(DENIED);
    const invalid = { name: "InvalidIdentityTokenException" };
    await expect(workloads.webIdentity(roleArn, token("team-a", "app", "vault"))).rejects.toMatchObject(invalid);
    const [header, claims] = token("team-a", "app").split(".");
    const [, , foreign] = token("team-b", "app").split(".");
    await expect(workloads.webIdentity(roleArn, [header, claims, foreign].join("."))).rejects.toMatchObject(invalid);
    const stranger = account().addCluster("unknown-to-iam");
    const ofStranger = target.simulator.serviceAccountToken(stranger, "team-a", "app");
    await expect(workloads.webIdentity(roleArn, ofStranger)).rejects.toMatchObject(invalid);
    const old = target.simulator.serviceAccountToken(workloads.cluster, "team-a", "app", { expiresInSeconds: -1 });
    await expect(workloads.webIdentity(roleArn, old)).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });

  simulatorTest("a pod gets the associated role if its session tags meet the role's conditions", async () => {
    const perNamespace = {
      ...reading(),
      Resource: `arn:aws:s3:::${bucket}/\${aws:PrincipalTag/kubernetes-namespace}/*`,
    };
    const { roleArn } = await workloads.role(podTrust("team-a"), perNamespace);
    const associate = (namespace: string, serviceAccount: string) =>
      target
        .eks()
        .send(new CreatePodIdentityAssociationCommand({ clusterName: "prod", namespace, serviceAccount, roleArn }));
    await associate("team-a", "app");
    await associate("team-b", "app");
    const credentials = await target.simulator.podIdentityCredentials(workloads.cluster, "team-a", "app");
    const s3 = target.s3({ credentials });
    await get(s3, "team-a/x");
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(DENIED);
    await expect(target.simulator.podIdentityCredentials(workloads.cluster, "team-b", "app")).rejects.toThrow(
      /does not let pods/,
    );
    await expect(target.simulator.podIdentityCredentials(workloads.cluster, "team-a", "other")).rejects.toThrow(
      /no pod identity/,
    );
  });

  simulatorTest("a target role trusts the first role with the association's external ID", async () => {
    const names = { clusterName: "prod", namespace: "team-a", serviceAccount: "chained" };
    const both = ["sts:AssumeRole", "sts:TagSession"];
    const firstRole = await workloads.role(podTrust("team-a"), { Effect: "Allow", Action: both, Resource: "*" });
    const trusting = (externalId: string) => {
      const first = { Effect: "Allow", Principal: { AWS: firstRole.roleArn } };
      const Condition = { StringEquals: { "sts:ExternalId": externalId } };
      return policyDocument({ ...first, Action: "sts:AssumeRole", Condition }, { ...first, Action: "sts:TagSession" });
    };
    const { roleArn: targetRoleArn, roleName } = await workloads.role(trusting("another"), reading());
    const input = { ...names, roleArn: firstRole.roleArn, targetRoleArn };
    const { association } = await target.eks().send(new CreatePodIdentityAssociationCommand(input));
    const start = () => target.simulator.podIdentityCredentials(workloads.cluster, "team-a", "chained");
    await expect(start()).rejects.toThrow(`${targetRoleArn} does not let pods assume it`);
    const trust = { RoleName: roleName, PolicyDocument: trusting(association?.externalId ?? "") };
    await target.iam().send(new UpdateAssumeRolePolicyCommand(trust));
    const s3 = target.s3({ credentials: await start() });
    await get(s3, "team-a/x");
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(DENIED);
  });

  simulatorTest("a session policy limits the permissions of its role, also from an association", async () => {
    const { roleArn } = await workloads.role(podTrust(), { ...reading(), Resource: "*" });
    const policy = policyDocument(reading());
    const input = {
      clusterName: "prod",
      namespace: "narrow",
      serviceAccount: "app",
      roleArn,
      disableSessionTags: true,
      policy,
    };
    await target.eks().send(new CreatePodIdentityAssociationCommand(input));
    const s3 = target.s3({
      credentials: await target.simulator.podIdentityCredentials(workloads.cluster, "narrow", "app"),
    });
    await get(s3, "team-a/x");
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(
      saying("because no session policy allows the s3:GetObject action"),
    );
  });
});

describe("further policy types", () => {
  simulatorTest("a permissions boundary limits permissions and grants none", async () => {
    const { s3, roleName } = await workloads.start({ ...reading(), Resource: "*" });
    const boundary = account().addManagedPolicy("only-team-a", JSON.parse(policyDocument(reading())) as object);
    await target
      .iam()
      .send(new PutRolePermissionsBoundaryCommand({ RoleName: roleName, PermissionsBoundary: boundary }));
    await get(s3, "team-a/x");
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(
      saying("because no permissions boundary allows the s3:GetObject action"),
    );
  });

  simulatorTest("an explicit deny in any policy wins, and the message names the policy type", async () => {
    const { s3 } = await workloads.start(reading(), { ...reading(), Effect: "Deny", Action: "s3:PutObject" });
    const put = s3.send(new PutObjectCommand({ Bucket: bucket, Key: "team-a/y" }));
    await expect(put).rejects.toMatchObject(saying("with an explicit deny in an identity-based policy"));
    const insecure = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: objects(""),
      Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    };
    await target.s3().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policyDocument(insecure) }));
    await get(s3, "team-a/x");
    target.simulator.tlsVersion = "1.0";
    await expect(get(s3, "team-a/x")).rejects.toMatchObject(saying("with an explicit deny in a resource-based policy"));
    target.simulator.tlsVersion = "1.3";
  });

  simulatorTest("cross-account access needs an identity-based policy and the bucket policy", async () => {
    const other = target.simulator.account("222233334444");
    const role = other.addRole("reader", { trustedAccounts: [target.accountId] });
    const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: "session" });
    const { Credentials: given } = await target.sts().send(assume);
    const s3 = target.s3({ credentials: credentialsOf(given) });
    await expect(get(s3, "team-a/x")).rejects.toMatchObject(
      saying("because no resource-based policy allows the s3:GetObject action"),
    );
    const grant = {
      Effect: "Allow",
      Principal: { AWS: role.arn },
      Action: "s3:GetObject",
      Resource: objects("team-a/"),
    };
    await target.s3().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policyDocument(grant) }));
    await get(s3, "team-a/x");
    await expect(get(s3, "team-ab/x")).rejects.toMatchObject(DENIED);
    role.attachedPolicies.clear();
    await expect(get(s3, "team-a/x")).rejects.toMatchObject(saying("because no identity-based policy allows"));
  });

  simulatorTest("a bucket policy grants access to accounts, users, roles and single sessions", async () => {
    const other = target.simulator.account("333344445555");
    const role = other.addRole("reader", { path: "/apps/", trustedAccounts: [target.accountId] });
    const user = other.addUser("ann");
    const session = async (RoleSessionName: string) => {
      const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName });
      return target.s3({ credentials: credentialsOf((await target.sts().send(assume)).Credentials) });
    };
    const callers = {
      user: target.s3({ credentials: user.credentials }),
      night: await session("night"),
      day: await session("day"),
    };
    const grant = async (principal: string) => {
      const statement = {
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: "s3:GetObject",
        Resource: objects(""),
      };
      await target.s3().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policyDocument(statement) }));
      const answers = Object.entries(callers).map(([name, s3]) =>
        get(s3, "team-a/x").then(
          () => name,
          () => "",
        ),
      );
      return (await Promise.all(answers)).filter((name) => name !== "");
    };
    const sessionArn = `arn:aws:sts::333344445555:assumed-role/reader/night`;
    expect(await grant("333344445555")).toEqual(["user", "night", "day"]);
    expect(await grant(user.arn)).toEqual(["user"]);
    expect(await grant(role.arn)).toEqual(["night", "day"]);
    expect(await grant(sessionArn)).toEqual(["night"]);
  });

  simulatorTest("sessions of a deleted role have no permissions", async () => {
    const { s3, roleArn } = await workloads.start(reading());
    account().roles.delete(roleArn);
    await expect(get(s3, "team-a/x")).rejects.toMatchObject(DENIED);
  });

  simulatorTest("a wrong signature is refused while policies are evaluated", async () => {
    const { credentials } = await workloads.start(reading());
    const s3 = target.s3({ credentials: { ...credentials, secretAccessKey: "guessed" } });
    await expect(get(s3, "team-a/x")).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });
});
