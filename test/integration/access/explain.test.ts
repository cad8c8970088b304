/** Compares the answers of `s3-operator explain` with the responses of AWS to the Pod. */

import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { BucketAccess, BucketAccessSpec, S3BucketSpec } from "../../../operator/api/types.ts";
import type { CommandResult } from "../../../operator/cli/command.ts";
import { runExplain } from "../../../operator/explain/command.ts";
import { operatorWrites } from "../support/expect/invariants.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  associations,
  clusterOf,
  GRANTS,
  roleOf,
  SERVICE_ACCOUNTS,
  worldWithBucket,
} from "../support/world/access.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld, type World } from "../support/world/world.ts";

const READER = "333344445555";
const VERSION = "2012-10-17";

/** A BucketAccess with evaluated policies, and a Pod that uses it. */
interface Scene extends AsyncDisposable {
  world: World;
  bucket: string;
  access: BucketAccess;
  pod: S3Client;
  explain: (action: string, ...flags: string[]) => Promise<Answer>;
  /** Explains access to an object, sends the request as the Pod, and expects the same result. */
  expectSame: (action: "s3:GetObject" | "s3:PutObject", key: string) => Promise<Answer>;
  expectSameList: (prefix: string | undefined) => Promise<Answer>;
}

interface Answer extends CommandResult {
  /** The line of each layer, without the layer's name. */
  layers: Record<string, string>;
  conclusion: string;
}

async function playing(
  spec: Partial<BucketAccessSpec> = {},
  bucketSpec: S3BucketSpec = {},
  boundary?: object,
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createWorld());
  stack.use(startOperator(world));
  const accesses = stack.use(await accessesOf(world));
  const permissionsBoundaryArn = boundary && world.account.addManagedPolicy("boundary", boundary);
  await worldWithBucket(
    world,
    bucketSpec,
    permissionsBoundaryArn === undefined ? {} : { iam: { permissionsBoundaryArn } },
  );
  const access = await accesses.ready("reader", { identity: "PodIdentity", ...spec });
  const bucket = world.bucketName("docs");
  for (const Key of ["raw/a", "b/a"]) await world.person.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "a" }));
  world.simulator.evaluatePolicies = true;
  const pod = s3As(world, await world.simulator.podIdentityCredentials(clusterOf(world), world.name, "app"));
  stack.adopt(pod, (s3) => s3.destroy());
  const explain = (action: string, ...flags: string[]) => ask(world, "reader", action, ...flags);
  const end = stack.move();
  const agree = async (answer: Answer, attempt: () => Promise<unknown>) => {
    const isAllowed = await attempt().then(
      () => true,
      () => false,
    );
    expect(answer.exitCode, answer.stdout).toBe(isAllowed ? 0 : 3);
    return answer;
  };
  return {
    world,
    bucket,
    access,
    pod,
    explain,
    expectSame: async (action, Key) => {
      const input = { Bucket: bucket, Key };
      const attempt = () =>
        action === "s3:GetObject"
          ? pod.send(new GetObjectCommand(input))
          : pod.send(new PutObjectCommand({ ...input, Body: "b" }));
      return agree(await explain(action, `--key=${Key}`), attempt);
    },
    expectSameList: async (Prefix) => {
      const flags = Prefix === undefined ? [] : [`--prefix=${Prefix}`];
      return agree(await explain("s3:ListBucket", ...flags), () =>
        pod.send(new ListObjectsV2Command({ Bucket: bucket, Prefix })),
      );
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** The status of a GET of a key that does not exist, and what explain says about it. */
async function expectMissing({ bucket, pod, explain }: Scene, key: string, status: 403 | 404): Promise<void> {
  const get = pod.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  await expect(get).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
  const { layers } = await explain("s3:GetObject", `--key=${key}`);
  expect(layers["prefix"]?.includes("403 and not 404")).toBe(status === 403);
}

async function ask(world: World, name: string, action: string, ...flags: string[]): Promise<Answer> {
  const argv = [
    `--bucketaccess=${world.name}/${name}`,
    `--action=${action}`,
    `--kubeconfig=${world.kubeconfigPath}`,
    "--s3-force-path-style",
  ];
  const result = await runExplain([...argv, ...flags], {}, "test");
  const lines = result.stdout.trimEnd().split("\n");
  const layers = lines.flatMap((line) => {
    const [, layer = "", rest = ""] = /^(\S+(?: \S+)*?) {2,}((?:allowed|blocks|cannot tell) .*)$/.exec(line) ?? [];
    return layer === "" ? [] : [[layer, rest.replace(/ {2,}/, " ")] as const];
  });
  return { ...result, layers: Object.fromEntries(layers), conclusion: lines.at(-1) ?? "" };
}

test("a request within the grants is allowed, layer by layer; any other is denied by them, with the grant to add", async () => {
  await using scene = await playing({ grants: [...GRANTS, { prefix: "b/", permissions: ["List"] }] });
  const { world, bucket, access, expectSame, expectSameList, explain } = scene;
  const allowed = await expectSame("s3:GetObject", "raw/a");
  expect(Object.keys(allowed.layers)).toEqual([
    "ServiceAccount",
    "trust policy",
    "BucketAccess",
    "S3Bucket",
    "identity policy",
    "permissions boundary",
    "bucket policy",
    "KMS",
    "VPC endpoint",
    "Block Public Access",
    "prefix",
  ]);
  expect(allowed.stdout).toContain(
    `May ${access.status?.roles?.[0]?.arn} do s3:GetObject on arn:aws:s3:::${bucket}/raw/a?`,
  );
  expect(allowed.layers["prefix"]).toContain("answers 403 and not 404 if the key does not exist");
  await expectMissing(scene, "raw/missing", 403);
  await expectSame("s3:PutObject", "raw/deep/a");

  const denied = await expectSame("s3:GetObject", "b/a");
  expect(denied.conclusion).toBe(
    "Denied by prefix: Read is granted on 'raw/' only, and the key is 'b/a'. To do: add to spec.grants: {prefix: \"b/\", permissions: [Read]}.",
  );
  expect(denied.layers["identity policy"]).toMatch(/^blocks no policy of the role allows s3:GetObject/);
  await expectSame("s3:GetObject", "raw");
  await expectSameList("b/");
  await expectSameList("b/deep");
  const listed = await expectSameList(undefined);
  expect(listed.conclusion).toContain("the list has no prefix. To do: list with prefix 'b/', including its '/'");
  await expectSameList("b");
  await expectSameList("");
  expect((await explain("s3:DeleteObjectVersion", "--key=raw/a")).conclusion).toContain(
    "no permission of a BucketAccess includes s3:DeleteObjectVersion",
  );

  const writes = operatorWrites(world).length;
  await explain("s3:GetObject", "--key=raw/a");
  expect(operatorWrites(world)).toHaveLength(writes);
});

test("a missing key is 404 where List covers it, and 403 elsewhere, as explain says", async () => {
  await using scene = await playing({ grants: [...GRANTS, { prefix: "raw/listed/", permissions: ["List"] }] });
  await expectMissing(scene, "raw/listed/missing", 404);
  await expectMissing(scene, "raw/missing", 403);
});

test("without the right to simulate, explain reads the role's policies; without that right too, it says which actions to allow", async () => {
  await using scene = await playing();
  const { faults } = scene.world.simulator;
  faults.deny("iam:SimulatePrincipalPolicy");
  const read = await scene.expectSame("s3:GetObject", "raw/a");
  expect(read.layers["identity policy"]).toContain("statement '#1' of inline policy 's3-operator-");
  await scene.expectSame("s3:GetObject", "b/a");

  for (const action of ["iam:GetRolePolicy", "iam:GetRole", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"])
    faults.deny(action);
  const blind = await scene.explain("s3:GetObject", "--key=raw/a");
  expect(blind.exitCode).toBe(1);
  expect(blind.layers).toMatchObject({
    "trust policy": "cannot tell cannot be read (allow iam:GetRole)",
    "identity policy": "cannot tell cannot be read (allow iam:GetRolePolicy)",
    "permissions boundary": "cannot tell cannot be read (allow iam:GetRole)",
    "bucket policy": "cannot tell cannot be read (allow s3:GetBucketPolicy)",
    KMS: "cannot tell cannot be read (allow s3:GetEncryptionConfiguration)",
    "VPC endpoint": "cannot tell cannot be read (allow s3:GetBucketPolicy)",
  });
  expect(blind.conclusion).toBe(
    "Cannot tell: no layer that could be checked blocks it; not checked: trust policy, identity policy, permissions boundary, bucket policy, KMS, VPC endpoint. " +
      "To do: allow iam:GetRole; allow iam:GetRolePolicy; allow s3:GetBucketPolicy; allow s3:GetEncryptionConfiguration.",
  );
  faults.clear();
});

test("explain names another deny on the role, the permissions boundary, and a missing role", async () => {
  const boundary = { Version: VERSION, Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
  await using scene = await playing({}, {}, boundary);
  const { world, access, expectSame } = scene;
  await expectSame("s3:GetObject", "raw/a");
  const bounded = await expectSame("s3:PutObject", "raw/a");
  expect(bounded.conclusion).toContain("Denied by permissions boundary");

  const role = roleOf(world, access);
  const deny = { Version: VERSION, Statement: { Sid: "No", Effect: "Deny", Action: "s3:*", Resource: "*" } };
  role.inlinePolicies.set("theirs", JSON.stringify(deny));
  const denied = await expectSame("s3:GetObject", "raw/a");
  expect(denied.conclusion).toContain("Denied by identity policy: statement 'No' of inline policy 'theirs' denies it");

  world.account.roles.delete(role.arn);
  const gone = await expectSame("s3:GetObject", "raw/a");
  expect(gone.conclusion).toContain("does not exist");
});

test("explain begins with what keeps Pods from getting the role: association, annotation, trust policy", async () => {
  await using scene = await playing();
  const { world, access, explain } = scene;
  const read = () => explain("s3:GetObject", "--key=raw/a");
  const other = world.account.addRole("other").arn;
  const [association] = associations(world);
  const role = roleOf(world, access);
  if (association === undefined) throw new Error("no association");

  association.roleArn = other;
  const elsewhere = await read();
  expect(elsewhere).toMatchObject({
    exitCode: 3,
    conclusion: expect.stringContaining(`another role, ${other}`) as string,
  });
  expect(Object.keys(elsewhere.layers)[0]).toBe("ServiceAccount");
  association.roleArn = role.arn;

  const trusted = role.assumeRolePolicy;
  role.assumeRolePolicy = trusted.replace('"app"', '"another"');
  expect((await read()).conclusion).toContain("Denied by trust policy: it does not trust ServiceAccount");
  role.assumeRolePolicy = trusted;
  expect(await read()).toMatchObject({ exitCode: 0 });
});

test("with IRSA, explain reads the annotation of the ServiceAccount", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const access = await accesses.ready("reader", { identity: "IRSA" });
  const key = { namespace: world.name, name: "app" };
  const read = async () => (await ask(world, "reader", "s3:GetObject", "--key=raw/a")).layers["ServiceAccount"];
  const annotate = (roleArn: string | undefined) =>
    world.kube.apply(
      SERVICE_ACCOUNTS,
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { ...key, ...(roleArn && { annotations: { "eks.amazonaws.com/role-arn": roleArn } }) },
      },
      { fieldManager: "test", force: true },
    );
  expect(await read()).toBe("blocks ServiceAccount 'app' does not exist");
  await annotate(undefined);
  expect(await read()).toContain("cannot tell 'app' has no annotation eks.amazonaws.com/role-arn");
  await annotate("arn:aws:iam::111122223333:role/other");
  expect(await read()).toContain(
    "blocks the annotation of 'app' names another role, arn:aws:iam::111122223333:role/other",
  );
  await annotate(roleOf(world, access).arn);
  expect(await read()).toBe("allowed the annotation of 'app' names the role");
});

test("explain names the bucket policy and the VPC endpoint", async () => {
  await using scene = await playing({}, { policy: { vpcEndpoints: ["vpce-0123456789abcdef0"] } });
  const open = await scene.explain("s3:GetObject", "--key=raw/a");
  expect(open.exitCode).toBe(1);
  expect(open.layers["VPC endpoint"]).toContain(
    "statement 'S3OperatorDenyOutsideVPCEndpoints' of the bucket policy requires aws:SourceVpce vpce-0123456789abcdef0, and depends on aws:SourceVpce",
  );
  expect((await scene.explain("s3:GetObject", "--key=raw/a", "--vpc-endpoint=vpce-0123456789abcdef0")).exitCode).toBe(
    0,
  );
  for (const endpoint of ["none", "vpce-1"]) {
    const denied = await scene.explain("s3:GetObject", "--key=raw/a", `--vpc-endpoint=${endpoint}`);
    expect(denied.exitCode).toBe(3);
    expect(denied.conclusion).toContain("Denied by VPC endpoint");
  }

  const { world, bucket } = scene;
  const atAws = world.account.buckets.get(bucket);
  const statement = {
    Sid: "Theirs",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket}/raw/*`,
  };
  if (atAws !== undefined) atAws.policy = JSON.stringify({ Version: VERSION, Statement: [statement] });
  const denied = await scene.expectSame("s3:GetObject", "raw/a");
  expect(denied.conclusion).toContain("Denied by bucket policy: statement 'Theirs' denies it");
  await scene.expectSame("s3:PutObject", "raw/b");
});

test("explain names the key's policy and the key's state", async () => {
  await using scene = await playing(
    {},
    { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} }, bucketKeyEnabled: false } },
  );
  const { world, expectSame } = scene;
  const [key] = world.account.keys.values();
  if (key === undefined) throw new Error("no key");
  for (const action of ["s3:GetObject", "s3:PutObject"] as const) {
    expect((await expectSame(action, "raw/a")).layers["KMS"]).toContain(`key ${key.arn} allows`);
  }
  world.simulator.faults.deny("iam:SimulatePrincipalPolicy");
  await expectSame("s3:GetObject", "raw/a");
  world.simulator.faults.clear();
  world.simulator.faults.deny("kms:DescribeKey");
  const hidden = await scene.explain("s3:GetObject", "--key=raw/a");
  expect(hidden).toMatchObject({ exitCode: 1, layers: { KMS: "cannot tell cannot be read (allow kms:DescribeKey)" } });
  world.simulator.faults.clear();

  const before = key.policy;
  key.policy = JSON.stringify({
    Version: VERSION,
    Statement: [{ Effect: "Allow", Principal: { AWS: world.account.callerArn }, Action: "kms:*", Resource: "*" }],
  });
  expect((await expectSame("s3:GetObject", "raw/a")).conclusion).toContain(
    "lets neither the role nor its account use kms:Decrypt",
  );
  key.policy = before;
  key.state = "Disabled";
  expect((await expectSame("s3:GetObject", "raw/a")).conclusion).toContain(`Denied by KMS: key ${key.arn} is Disabled`);
});

test("explain judges principals of another account by the bucket's account, including Block Public Access", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const roles = ["a", "b"].map((name) => world.simulator.account(READER).addRole(name).arn);
  await accesses.ready("reader", { principals: roles });
  const read = (...flags: string[]) => ask(world, "reader", "s3:GetObject", "--key=raw/a", ...flags);
  expect(await read()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--principal must be one of") as string,
  });
  const [role = ""] = roles;
  const open = await read(`--principal=${role}`);
  expect(open.exitCode).toBe(1);
  expect(open.layers).toMatchObject({
    "identity policy": expect.stringContaining(`belongs to account ${READER}`) as string,
    "bucket policy": expect.stringMatching(/^allowed statement 'S3OperatorAccess/) as string,
    "Block Public Access": "allowed the bucket policy is not public, or public buckets are not restricted",
  });
  const bucket = world.account.buckets.get(world.bucketName("docs"));
  world.simulator.account(READER).roles.delete(role);
  const gone = await read(`--principal=${role}`);
  expect(gone.exitCode).toBe(3);
  expect(gone.conclusion).toMatch(/it names AROA\w+, a deleted role/);
  const everybody = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket?.name}/*`,
  };
  if (bucket !== undefined) bucket.policy = JSON.stringify({ Version: VERSION, Statement: [everybody] });
  expect((await read(`--principal=${roles[1]}`)).conclusion).toContain("Denied by Block Public Access");
});

test("explain judges a shared role by the association's session policy", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const trust = {
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  };
  const shared = world.account.addRole("shared");
  shared.assumeRolePolicy = JSON.stringify({ Version: VERSION, Statement: [trust] });
  await worldWithBucket(world);
  const { spec } = await world.applyAccount();
  await world.applyAccount({
    workloadIdentity: { ...spec.workloadIdentity, type: "PodIdentity", clusterName: "main", sharedRoleArn: shared.arn },
  });
  await accesses.ready("reader", { role: { type: "Shared" } });
  expect((await ask(world, "reader", "s3:GetObject", "--key=raw/a")).layers["session policy"]).toBe(
    "allowed the association's policy allows it",
  );
  const denied = await ask(world, "reader", "s3:GetObject", "--key=b/a");
  expect(denied.exitCode).toBe(3);
  expect(denied.layers["session policy"]).toContain("blocks the association's policy does not allow");
});

test("explain reports an access that is not granted yet, and rejects invalid questions", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await accesses.apply("reader", {});
  await accesses.when("reader", (access) => access.status?.conditions !== undefined);
  const none = await ask(world, "reader", "s3:GetObject", "--key=raw/a");
  expect(none.exitCode).toBe(3);
  expect(none.conclusion).toContain(
    "Denied by BucketAccess: it grants no access at AWS. BucketNotAvailable: S3Bucket 'docs' does not exist",
  );
  const missing = await ask(world, "missing", "s3:GetObject", "--key=raw/a");
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("does not exist") as string });
  const where = await runExplain(
    [`--bucketaccess=${world.name}/reader`, "--action=s3:ListBucket", "--kubeconfig=/nowhere"],
    {},
    "test",
  );
  expect(where).toMatchObject({
    exitCode: 1,
    stderr: "s3-operator: --kubeconfig /nowhere: /nowhere cannot be read: ENOENT\n",
  });
  expect(await runExplain(["--help"], {}, "test")).toMatchObject({ exitCode: 0 });
  expect(await runExplain(["--version"], {}, "1.2.3")).toMatchObject({ exitCode: 0, stdout: "1.2.3\n" });
});
