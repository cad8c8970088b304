import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutBucketCorsCommand, PutBucketMetricsConfigurationCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SETTINGS } from "../../../operator/bucket/settings/index.ts";
import { expectInvariants, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { isReady, isReconciling } from "../support/expect/states.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { awsEnvironment, startOperator } from "../support/process/operator.ts";
import { startNode } from "../support/process/process.ts";
import { atAws, readyBucket, snapshot } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";
import { applyManifests, exportBucket, exported } from "./exported.ts";
import { handmadeBucket } from "./handmade.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-operator-export-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("for a bucket made by hand with every setting, both the plan and the adoption consist of the operator's tags only", async () => {
  await using world = await createWorld();
  const bucketName = await handmadeBucket(world);
  const before = snapshot(world, bucketName);
  const { manifest, comments, stdout } = await exported(world, bucketName, "--name=docs");
  // All statements of the policy belong to other tools.
  const settings = SETTINGS.map(({ name }) => name).filter((name) => name !== "policy");
  expect(Object.keys(manifest.spec)).toEqual(["bucketName", "region", "mode", "adoptionPolicy", ...settings]);
  expect(comments.filter((line) => line.startsWith("# - "))).toEqual([
    "# - policy: statement '#1' is not managed by s3-operator",
    "# - policy: statement 'Theirs' is not managed by s3-operator",
  ]);

  await using _operator = startOperator(world);
  await world.applyAccount({ allowAdoption: true });
  await applyManifests(world, [stdout]);
  const planned = await world.bucketWhen("docs", isReconciling("ChangesPlanned"));
  const ours = { cluster: "test", namespace: world.name, name: "docs", origin: "Adopted" };
  expect(planned.status?.plan).toEqual(
    Object.entries(ours).map(([tag, desired]) => ({ setting: "tags", path: `s3-operator.io/${tag}`, desired })),
  );
  expect(operatorWrites(world)).toEqual([]);

  await world.editSpec("docs", { mode: null });
  await world.bucketWhen("docs", isReady);
  expect(operatorWrites(world).map(({ operation }) => operation)).toEqual(["TagResource"]);
  const tags = new Map([
    ...before.tags,
    ...Object.entries(ours).map(([tag, value]) => [`s3-operator.io/${tag}`, value] as const),
  ]);
  expect(snapshot(world, bucketName)).toEqual({ ...before, tags });
  await expectInvariants(world);
});

test("the manifest is the same in every form in which AWS returns the settings", async () => {
  await using world = await createWorld();
  const bucketName = await handmadeBucket(world);
  const { manifest } = await exported(world, bucketName);
  const forms = { reorderPolicy: true, unknownExtraFields: true, lifecyclePrefixForm: "Prefix" } as const;
  world.simulator.normalise.set({ ...forms, awsTags: { "aws:cloudformation:stack-name": "docs" } });
  const again = await exported(world, bucketName);
  expect(again.manifest).toEqual(manifest);
  expect(again.comments).toContain("# - tags: 'aws:cloudformation:stack-name' is AWS's own");
});

test("settings that a spec cannot express are listed, and survive the adoption", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("old");
  const bucket = world.account.createBucket(bucketName, "eu-central-1");
  bucket.versioning = "Enabled";
  bucket.mfaDelete = true;
  bucket.ownershipControls = undefined;
  const before = snapshot(world, bucketName);
  const { comments, stdout } = await exported(world, bucketName, "--name=docs");
  expect(comments.filter((line) => line.startsWith("# - "))).toEqual([
    "# - objectOwnership: the bucket has no ownership controls, which means ObjectWriter",
    "# - versioning: MFA delete is enabled, which only the root user can change",
  ]);
  await using _operator = startOperator(world);
  await world.applyAccount({ allowAdoption: true });
  await applyManifests(world, [stdout.replace("  mode: Observe\n", "")]);
  const { status } = await world.bucketWhen("docs", isReady);
  expect(status?.mfaDelete).toBe("Enabled");
  expect({ ...snapshot(world, bucketName), tags: before.tags }).toEqual(before);
  await expectInvariants(world);
});

test("values that S3 takes and the API server does not are listed, and the entries beside them are exported", async () => {
  await using world = await createWorld();
  const { person } = world;
  const Bucket = world.bucketName("odd");
  world.account.createBucket(Bucket, "eu-central-1");
  const rule = { AllowedOrigins: ["*"], AllowedMethods: ["GET"] };
  const CORSRules = [
    { ...rule, ID: "" },
    { ...rule, ID: "web" },
  ];
  await person.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  const Tags = Array.from({ length: 12 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  const filters = { many: { And: { Tags } }, line: { Prefix: "a\u0085b" }, fine: { Prefix: "raw/" } };
  for (const [Id, Filter] of Object.entries(filters)) {
    const MetricsConfiguration = { Id, Filter };
    await person.send(new PutBucketMetricsConfigurationCommand({ Bucket, Id, MetricsConfiguration }));
  }
  const { manifest, comments, stdout } = await exported(world, Bucket, "--name=docs");
  expect(manifest.spec.cors?.rules.map(({ id }) => id)).toEqual(["web"]);
  expect(manifest.spec.metrics?.configurations.map(({ id }) => id)).toEqual(["fine"]);
  expect(comments.filter((line) => line.startsWith("# - "))).toEqual([
    "# - cors: rules[#1]: in a spec, id must have at least 1 character",
    "# - metrics: configurations[line]: in a spec, filter.prefix must not contain U+0085, which server-side apply refuses or changes",
    "# - metrics: configurations[many]: in a spec, filter.tags must have at most 10 entries",
  ]);
  await applyManifests(world, [stdout]);
});

test("a bucket at S3's defaults gives a name and a region, in one round trip of reads", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("plain");
  world.account.createBucket(bucketName, "eu-central-1");
  const { manifest, stderr } = await exported(world, bucketName);
  expect(manifest).toEqual({
    apiVersion: "s3-operator.io/v1alpha1",
    kind: "S3Bucket",
    metadata: { name: bucketName },
    spec: { bucketName, region: "eu-central-1", mode: "Observe", adoptionPolicy: "Adopt" },
  });
  expect(stderr).toBe("");
  const reads = operatorCalls(world).filter(
    ({ operation }) => /^(Get|List)/.test(operation) && !/Caller/.test(operation),
  );
  expect(reads).toHaveLength(SETTINGS.length);
  expect(operatorWrites(world)).toEqual([]);
});

test("the bundle exports as a process with its configuration in the environment, and kubectl accepts the output", async () => {
  await using world = await createWorld();
  const bucketName = await handmadeBucket(world);
  const environment = {
    ...awsEnvironment(world),
    S3_OPERATOR_BUCKET: bucketName,
    S3_OPERATOR_S3_FORCE_PATH_STYLE: "true",
  };
  const args = ["export", "--name", "docs", "--namespace", world.name];
  await using process = startNode(await ensureBundle(), args, { environment });
  expect(await process.exited).toEqual({ code: 0, signal: null });
  const output = process.output();
  const { stdout, stderr } = await exported(world, bucketName, "--name=docs", `--namespace=${world.name}`);
  expect(output).toContain(stdout);
  expect(output.replace(stdout, "")).toBe(stderr);
  await applyManifests(world, [stdout]);
  expect((await world.bucket("docs")).spec).toMatchObject({ bucketName, mode: "Observe" });
});

test.for([
  [["export"], 2, "--bucket is required"],
  [["export", "--bucket=docs", "--bukket=x"], 2, "unknown flag --bukket"],
  [["export", "--bucket=Not_A_Bucket"], 2, "--bucket must be the name of a general purpose bucket"],
  [["export", "--bucket=docs", "--region=nowhere"], 2, "--region must be an AWS region"],
  [["export", "--help"], 0, "Usage: s3-operator export --bucket NAME"],
  [["export", "--bucket=docs"], 1, "credentials"],
] as const)("%j: exit %i", async ([args, exitCode, text]) => {
  const environment = { AWS_EC2_METADATA_DISABLED: "true", HOME: folder };
  await using process = startNode(await ensureBundle(), args, { environment });
  expect(await process.exited).toEqual({ code: exitCode, signal: null });
  expect(process.output()).toContain(text);
  if (exitCode > 0) expect(process.output().trimEnd().split("\n"), "the message has no stack trace").toHaveLength(1);
});

test("a setting that cannot be read is listed with its action, and not managed", async () => {
  await using world = await createWorld();
  const bucketName = await handmadeBucket(world);
  world.simulator.faults.deny("s3:GetBucketLogging");
  world.simulator.faults.deny("s3:GetBucketVersioning");
  const { manifest, comments, stderr } = await exported(world, bucketName);
  for (const name of ["logging", "versioning"]) expect(manifest.spec).not.toHaveProperty(name);
  const denied = comments.find((line) => line.startsWith("# - logging:"));
  expect(denied).toContain("could not be read");
  expect(denied).toContain('"Action":"s3:GetBucketLogging"');
  // The API server accepts neither setting without versioning.
  for (const name of ["objectLock", "replication"]) {
    expect(manifest.spec).not.toHaveProperty(name);
    expect(comments.join("\n")).toContain(`# - ${name}: needs versioning in the spec`);
  }
  expect(stderr).toContain("what it leaves out (6)");
});

test("an owning S3Bucket is reported, and its ownership tags are not exported", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const policy = { minimumTLSVersion: "1.3" } as const;
  await readyBucket(world, "docs", { policy, tags: { team: "documents" } });
  const { manifest, comments } = await exported(world, world.bucketName("docs"));
  expect(manifest.spec).toMatchObject({ policy, tags: { team: "documents" } });
  expect(Object.keys(manifest.spec.tags ?? {})).toEqual(["team"]);
  expect(comments.join("\n")).toContain("# - tags: they name an S3Bucket as the bucket's owner");
});

test("names chosen by other tools stay within their comment", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("hostile");
  const Sid = "x\nspec:\n  deletionPolicy: DeleteWithContents\u2028#";
  const bucket = world.account.createBucket(bucketName, "eu-central-1");
  const Resource = `arn:aws:s3:::${bucketName}/*`;
  const Statement = [{ Sid, Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource }];
  bucket.policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const { manifest, comments, stdout } = await exported(world, bucketName);
  expect(Object.keys(manifest.spec)).toEqual(["bucketName", "region", "mode", "adoptionPolicy"]);
  expect(comments.at(-1)).toBe(
    "# - policy: statement 'x spec: deletionPolicy: DeleteWithContents #' is not managed by s3-operator",
  );
  expect(stdout).not.toContain("\u2028");
});

test("a bucket in another region is found there, unless --region names another one", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("far");
  world.account.createBucket(bucketName, "us-west-2");
  const { manifest } = await exported(world, bucketName);
  expect(manifest.spec.region).toBe("us-west-2");
  expect(await exportBucket(world, bucketName, "--region=eu-west-1")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `s3-operator: Bucket '${bucketName}' is in region us-west-2, not in eu-west-1: correct --region\n`,
  });
});

test("for an unreachable bucket export exits 1 with a sentence on what to do", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("closed");
  const failure = async (bucket: string) => {
    const { exitCode, stdout, stderr } = await exportBucket(world, bucket);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    return stderr;
  };
  expect(await failure(world.bucketName("absent"))).toContain("does not exist: correct --bucket");

  world.simulator.account("999988887777").createBucket(world.bucketName("theirs"), "eu-central-1");
  expect(await failure(world.bucketName("theirs"))).toContain(
    `belongs to another AWS account than ${world.account.id}, or ${world.account.callerArn} lacks s3:ListBucket`,
  );

  world.account.createBucket(bucketName, "eu-central-1");
  const before = snapshot(world, bucketName);
  for (const { iamActions } of SETTINGS) world.simulator.faults.deny(iamActions.read[0]);
  expect(await failure(bucketName)).toContain("s3:ListTagsForResource");
  world.simulator.faults.clear();

  world.simulator.faults.internalError({ operation: "GetBucketCors" });
  expect(await failure(bucketName)).toContain(
    "AWS does not respond, or responds with an internal error (s3:GetBucketCORS)",
  );
  expect(snapshot(world, bucketName)).toEqual(before);
  expect(atAws(world, bucketName).tags.size).toBe(0);
});
