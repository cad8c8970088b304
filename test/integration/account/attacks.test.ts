/**
 * Attacks of one tenant on another, on the guardrails of the platform, and on AWS's grammar: what is written, which
 * component refuses it, and that the refusal reveals nothing about other tenants. Tests of the guardrails themselves:
 * guardrails.test.ts, ../access/consent.test.ts, validation/.
 */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BucketAccess, BucketAccessSpec, S3BucketSpec } from "../../../operator/api/types.ts";
import { EVENTS } from "../../../operator/kube/events.ts";
import type { StatusObject } from "../../../operator/kube/object.ts";
import type { SeenEvent } from "../support/expect/events.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  clusterOf,
  findConfigMap,
  roleOf,
  workloadAccount,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { snapshot } from "../support/world/buckets.ts";
import { loseAccount } from "../support/world/lost-account.ts";
import { otherNamespace, type OtherNamespace } from "../support/world/namespace.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld, type World } from "../support/world/world.ts";

const PARTNER = "444455556666";
const FOREIGN = "999988887777";
const ALL_ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

/** A tenant with a bucket and an access to it, and an attacker in another namespace. */
interface Tenants extends AsyncDisposable {
  world: World;
  victim: BucketAccess;
  attacker: OtherNamespace;
  accesses: Accesses;
  /** Names that the attacker must not learn. */
  secrets: string[];
}

async function tenants(bucket: S3BucketSpec = {}): Promise<Tenants> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createWorld());
  for (const id of [PARTNER, FOREIGN]) world.simulator.account(id);
  const attacker = await otherNamespace(world);
  stack.use(startOperator(world, { watchNamespaces: [world.name, attacker.name] }));
  const guardrails = { allowedAccounts: [PARTNER], allowPublicAccess: false };
  await worldWithBucket(world, bucket, { guardrails, access: { rules: [ruleFor(world)] } });
  const own = stack.use(await accessesOf(world));
  const accesses = stack.use(await accessesOf(world, attacker.name));
  const victim = await own.ready("ledger-api", {
    serviceAccountRefs: [{ name: "ledger" }],
    grants: [{ prefix: "payroll/", permissions: ["Read"] }],
  });
  const end = stack.move();
  return {
    world,
    victim,
    attacker,
    accesses,
    secrets: ["ledger", "payroll", victim.status?.roles?.[0]?.name ?? "", PARTNER],
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

const PROVIDER = "token.actions.githubusercontent.com";

/** What the platform allows to every namespace. */
function ruleFor({ account: { id } }: World) {
  return {
    policyArns: [`arn:aws:iam::${id}:policy/{namespace}-*`],
    roleArns: [`arn:aws:iam::${id}:role/app-*`],
    buckets: ["lake-{namespace}-*"],
    webIdentities: [{ providerArn: providerOf(id), subjects: ["repo:acme/{namespace}:*"] }],
  };
}

function providerOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${PROVIDER}`;
}

function message(object: StatusObject): string {
  return condition(object, "Ready")?.message ?? "";
}

function expectNothingTold(object: StatusObject, secrets: readonly string[]): void {
  const told = JSON.stringify(object.status);
  for (const secret of secrets) expect(told).not.toContain(secret);
}

describe("attacks of one namespace on another", () => {
  let scene: Tenants;
  let bucketBefore: object;
  let rolesBefore: string[];
  let policiesBefore: [string, string][];

  beforeAll(async () => {
    scene = await tenants();
    const { world } = scene;
    world.simulator.account(FOREIGN).createBucket(world.bucketName("foreign"), "eu-central-1");
    bucketBefore = snapshot(world, world.bucketName("docs"));
    world.account.addRole("app-shared");
    world.account.addRole("app-other").tags.set("s3-operator.io/service-accounts", `test/${world.name}/app`);
    rolesBefore = [...world.account.roles.keys()];
    policiesBefore = [...roleOf(world, scene.victim).inlinePolicies];
  });

  afterAll(() => scene[Symbol.asyncDispose]());

  /** The spec of the attacker's S3Bucket. */
  const BUCKET_ATTACKS: { what: string; spec: (scene: Tenants) => S3BucketSpec; reason: string }[] = [
    {
      what: "foreign bucket: a bucket of another tenant, by its name at AWS",
      spec: ({ world }) => ({ bucketName: world.bucketName("docs") }),
      reason: "BucketNotOwned",
    },
    {
      what: "foreign bucket: a bucket of another tenant, by adoption",
      spec: ({ world }) => ({ bucketName: world.bucketName("docs"), adoptionPolicy: "Adopt" }),
      reason: "BucketNotOwned",
    },
    {
      what: "foreign bucket: deletion with the attacker's object",
      spec: ({ world }) => ({
        bucketName: world.bucketName("docs"),
        adoptionPolicy: "Adopt",
        deletionPolicy: "DeleteIfEmpty",
      }),
      reason: "BucketNotOwned",
    },
    {
      what: "foreign account: a bucket of another AWS account, by its name",
      spec: ({ world }) => ({ bucketName: world.bucketName("foreign") }),
      reason: "BucketOwnedByAnotherAccount",
    },
    {
      what: "foreign account: access by a statement",
      spec: ({ world }) => ({
        bucketName: world.bucketName("s"),
        ...statement([`arn:aws:iam::${FOREIGN}:role/reader`]),
      }),
      reason: "GuardrailViolated",
    },
    {
      what: "access of all principals by a statement",
      spec: ({ world }) => ({ bucketName: world.bucketName("p"), ...statement(["*"]) }),
      reason: "GuardrailViolated",
    },
    {
      what: "guardrails: public access turned on by one namespace",
      spec: ({ world }) => ({
        bucketName: world.bucketName("o"),
        publicAccessBlock: { ...ALL_ON, restrictPublicBuckets: false },
      }),
      reason: "GuardrailViolated",
    },
  ];

  test.for(BUCKET_ATTACKS.map((row, index) => ({ ...row, name: `attack-${index}` })))(
    "$what: $reason",
    async ({ name, spec, reason }) => {
      const { world, attacker, secrets } = scene;
      await attacker.applyBucket(name, spec(scene));
      const refused = await attacker.bucketWhen(name, isStalled(reason));
      const foreign = reason === "BucketOwnedByAnotherAccount" ? [FOREIGN] : [];
      expectNothingTold(refused, [
        ...secrets,
        ...foreign,
        `${world.name}/`,
        `namespace '${world.name}'`,
        "S3Bucket 'docs'",
      ]);
      await attacker.deleteBucket(name);
    },
  );

  test.for([
    { what: "a ServiceAccount", whom: {} },
    { what: "a role", whom: { principals: [`arn:aws:iam::${PARTNER}:role/reader`] } },
  ])(
    "confused deputy: access of $what to a bucket of another namespace gets the message for a missing bucket",
    async ({ whom }) => {
      const { world, accesses, secrets, attacker } = scene;
      // A bucket that exists, one that does not, one in a namespace that the operator does not watch, and one in no
      // namespace.
      const targets = [
        { name: "docs", namespace: world.name },
        { name: "none", namespace: world.name },
        { name: "docs", namespace: "kube-system" },
        { name: "docs", namespace: "nowhere" },
      ];
      const said = [];
      for (const [index, bucketRef] of targets.entries()) {
        const name = `reader-${index}`;
        await accesses.apply(name, { bucketRef, ...whom });
        const refused = await accesses.when(name, isReconciling("BucketNotAvailable"));
        expectNothingTold(refused, [...secrets, world.account.id, world.bucketName("docs")]);
        expect(Object.keys(refused.status ?? {}).toSorted()).toEqual(["conditions", "observedGeneration"]);
        said.push(message(refused).replace(`${bucketRef.namespace}/${bucketRef.name}`, "it"));
        expect(await findConfigMap(world, attacker.name, name)).toBeUndefined();
        await accesses.remove(name);
      }
      expect(new Set(said).size, said.join("\n")).toBe(1);
    },
  );

  /** The spec of the attacker's BucketAccess, to a bucket of the attacker. */
  const ACCESS_ATTACKS: { what: string; spec: (scene: Tenants) => Partial<BucketAccessSpec>; reason: string }[] = [
    {
      what: "foreign role: an existing role without its owner's tag",
      spec: ({ world }) => ({ role: { arn: roleArn(world, "app-shared") } }),
      reason: "RoleNotConsented",
    },
    {
      what: "foreign role: an existing role whose tag names another namespace",
      spec: ({ world }) => ({ role: { arn: roleArn(world, "app-other") } }),
      reason: "RoleNotConsented",
    },
    {
      what: "foreign role: the role of another tenant",
      spec: ({ victim }) => ({ role: { arn: victim.status?.roles?.[0]?.arn ?? "" } }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "foreign role: a role of another account whose name the account allows",
      spec: () => ({ role: { arn: `arn:aws:iam::${FOREIGN}:role/app-shared` } }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "policy: one that AWS manages",
      spec: () => ({ role: { policyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] } }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "policy: one of another namespace",
      spec: ({ world }) => ({ role: { policyArns: [`arn:aws:iam::${world.account.id}:policy/${world.name}-queue`] } }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "policy: a path before an allowed name",
      spec: ({ world, attacker }) => ({
        role: { policyArns: [`arn:aws:iam::${world.account.id}:policy/x/${attacker.name}-queue`] },
      }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "foreign bucket: the bucket of another tenant, without its S3Bucket",
      spec: ({ world }) => ({
        bucketRef: undefined as never,
        bucket: { name: world.bucketName("docs"), region: "eu-central-1" },
        accountRef: { name: world.name },
      }),
      reason: "NotAllowedByAccount",
    },
    {
      what: "foreign account: a bucket of it, without an S3Bucket",
      spec: ({ world, attacker }) => ({
        bucketRef: undefined as never,
        bucket: { name: `lake-${attacker.name}-x`, region: "eu-central-1", accountId: FOREIGN },
        accountRef: { name: world.name },
      }),
      reason: "GuardrailViolated",
    },
    {
      what: "foreign account: its root user",
      spec: () => ({ serviceAccountRefs: undefined as never, principals: [`arn:aws:iam::${FOREIGN}:root`] }),
      reason: "GuardrailViolated",
    },
    {
      what: "web identity: the workflows of another namespace",
      spec: ({ world }) => ({
        serviceAccountRefs: undefined as never,
        webIdentity: {
          providerArn: providerOf(world.account.id),
          subjects: [`repo:acme/${world.name}:ref:refs/heads/main`],
          audience: "sts.amazonaws.com",
        },
      }),
      reason: "NotAllowedByAccount",
    },
  ];

  test.for(ACCESS_ATTACKS.map((row, index) => ({ ...row, name: `wish-${index}` })))(
    "$what: $reason",
    async ({ name, spec, reason }) => {
      const { world, accesses, attacker } = scene;
      await attacker.applyBucket("own", { bucketName: world.bucketName("own") });
      await accesses.apply(name, { bucketRef: { name: "own" }, identity: undefined as never, ...spec(scene) });
      const refused = await accesses.when(name, isStalled(reason));
      expectNothingTold(refused, [PARTNER, "payroll"]);
      expect([...world.account.roles.keys()].filter((arn) => arn.includes(attacker.name))).toEqual([]);
      await accesses.remove(name);
    },
  );

  test("widening by a guest: beyond the prefixes and permissions of the consent, or to principals, nothing is granted", async () => {
    const { world, accesses, attacker, secrets } = scene;
    const rule = { namespaces: { names: [attacker.name] }, permissions: ["Read" as const], prefixes: ["public/"] };
    await world.editSpec("docs", { access: { rules: [rule] } });
    const bucketRef = { name: "docs", namespace: world.name };
    const reading = (prefix: string) => [{ prefix, permissions: ["Read" as const] }];
    const wishes: Partial<BucketAccessSpec>[] = [
      { grants: reading("*") },
      { grants: reading("private/") },
      { grants: [...reading("public/"), { prefix: "public/x/", permissions: ["Write"] }] },
      { grants: reading("public/"), principals: [`arn:aws:iam::${PARTNER}:role/reader`] },
    ];
    for (const [index, wish] of wishes.entries()) {
      const name = `guest-${index}`;
      await accesses.apply(name, { bucketRef, ...wish });
      const refused = await accesses.when(name, isStalled("NotConsented"));
      expectNothingTold(
        refused,
        secrets.filter((secret) => !JSON.stringify(wish).includes(secret)),
      );
      await accesses.remove(name);
    }
    expect([...world.account.roles.keys()]).toEqual(rolesBefore);
    await world.editSpec("docs", { access: null });
  });

  test("foreign account: an AWSAccount that does not admit the namespace gets the message for a missing account", async () => {
    const { world, attacker } = scene;
    const [open, absent] = [`${world.name}-open`, `${world.name}-none`];
    await world.applyAccount({ allowedNamespaces: { names: ["platform-team"] } }, open);
    try {
      const said = [];
      for (const name of [open, absent]) {
        await attacker.applyBucket("around", { accountRef: { name }, bucketName: world.bucketName("around") });
        const refused = await attacker.bucketWhen("around", isReconciling("AccountNotAvailable"));
        expectNothingTold(refused, ["platform-team", world.account.id]);
        said.push(message(refused).replace(name, "it"));
        await attacker.deleteBucket("around");
      }
      expect(said[0]).toBe(said[1]);
    } finally {
      await loseAccount(world.kube, open);
    }
  });

  test("foreign role: access of another tenant's role, or of a role in another account, to the attacker's own bucket", async () => {
    const { world, attacker, accesses, victim, secrets } = scene;
    await attacker.applyBucket("bait", { bucketName: world.bucketName("bait") });
    await attacker.bucketWhen("bait", isReady);
    const bucketRef = { name: "bait" };
    await accesses.apply("outside", { bucketRef, principals: [`arn:aws:iam::${FOREIGN}:role/reader`] });
    const refused = await accesses.when("outside", isStalled("GuardrailViolated"));
    expectNothingTold(refused, secrets);
    // A grant on one's own bucket is no attack: the other role gets access to nothing else, and the attacker no access
    // to the role.
    await accesses.ready("gift", { bucketRef, principals: [victim.status?.roles?.[0]?.arn ?? ""] });
    const role = roleOf(world, victim);
    expect(role.assumeRolePolicy).not.toContain(attacker.name);
    expect([...role.inlinePolicies]).toEqual(policiesBefore);
    for (const name of ["outside", "gift"]) {
      await accesses.remove(name);
    }
    await attacker.deleteBucket("bait");
  });

  test("after all attacks the other tenant's bucket and role are unchanged, and no event mentions them", async () => {
    const { world, attacker, secrets } = scene;
    expect(snapshot(world, world.bucketName("docs"))).toEqual(bucketBefore);
    expect([...world.account.roles.keys()]).toEqual(rolesBefore);
    const { items } = await world.kube.list<SeenEvent>(EVENTS, { namespace: attacker.name });
    expect(items.length).toBeGreaterThan(0);
    // The attacker wrote the role of the other tenant into these two.
    const written = new Set([
      "gift",
      `wish-${ACCESS_ATTACKS.findIndex(({ what }) => what.includes("role of another"))}`,
    ]);
    for (const { note } of items.filter(({ regarding }) => !written.has(regarding.name))) {
      for (const secret of secrets) expect(note).not.toContain(secret);
    }
  });
});

test("confused deputy: AWS writes nothing into a bucket of others, whose name the attacker also declares", async () => {
  await using scene = await tenants({ versioning: "Enabled" });
  const { world, attacker } = scene;
  const victim = world.bucketName("docs");
  const before = snapshot(world, victim);
  const roleArn = world.account.addRole("replicate-everything").arn;
  const destination = { bucket: `arn:aws:s3:::${victim}`, account: world.account.id };
  const rule = { id: "pump", priority: 1, status: "Enabled" as const, destination };
  const pump = { versioning: "Enabled" as const, replication: { roleArn, rules: [rule] } };

  // A role and a bucket that the guardrails do not allow.
  await attacker.applyBucket("pump", { bucketName: world.bucketName("pump"), ...pump });
  const refused = await attacker.bucketWhen("pump", isStalled("GuardrailViolated"));
  expect(message(refused)).toContain("allowedRoles");
  expect(message(refused)).toContain("allowedDestinations");

  // The role is allowed, and the attacker claims the bucket's name: a claim is no ownership.
  const guardrails = { allowedAccounts: [PARTNER], allowPublicAccess: false, allowedRoles: [roleArn] };
  await world.applyAccount(workloadAccount(world, { guardrails }));
  await attacker.applyBucket("claim", { bucketName: victim });
  await attacker.bucketWhen("claim", isStalled("BucketNotOwned"));
  await attacker.bucketWhen("pump", isReconciling("DestinationNotReady"));
  await attacker.applyBucket("logs", { bucketName: world.bucketName("logs"), logging: { targetBucket: victim } });
  await attacker.bucketWhen("logs", isReconciling("DestinationNotReady"));
  expect(snapshot(world, victim)).toEqual(before);
  expect(world.account.buckets.has(world.bucketName("pump"))).toBe(false);
  expect(world.account.buckets.has(world.bucketName("logs"))).toBe(false);
});

function roleArn({ account }: World, name: string): string {
  return `arn:aws:iam::${account.id}:role/${name}`;
}

function statement(aws: string[]): S3BucketSpec {
  return {
    policy: { statements: [{ sid: "Share", effect: "Allow", principals: { aws }, actions: ["s3:GetObject"] }] },
  };
}

test("consent withdrawn: the session of a running Pod loses its access, and the message is that for a missing bucket", async () => {
  await using scene = await tenants();
  const { world, accesses, attacker } = scene;
  const bucketRef = { name: "docs", namespace: world.name };
  const Bucket = world.bucketName("docs");
  await world.person.send(new PutObjectCommand({ Bucket, Key: "raw/a", Body: "a" }));
  await world.editSpec("docs", { access: { rules: [{ namespaces: { names: [attacker.name] } }] } });
  await accesses.ready("reader", { bucketRef, identity: "PodIdentity" });
  world.simulator.evaluatePolicies = true;
  const pod = s3As(world, await world.simulator.podIdentityCredentials(clusterOf(world), attacker.name, "app"));
  const read = () => pod.send(new GetObjectCommand({ Bucket, Key: "raw/a" }));
  await read();

  await world.editSpec("docs", { access: null });
  const refused = await accesses.when("reader", isReconciling("BucketNotAvailable"));
  await expect(read()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  pod.destroy();
  await accesses.apply("none", { bucketRef: { ...bucketRef, name: "none" } });
  const missing = await accesses.when("none", isReconciling("BucketNotAvailable"));
  expect(message(refused).replace("/docs", "/none")).toBe(message(missing));
  expectNothingTold(refused, [...scene.secrets, Bucket, world.account.id]);
});

describe("attacks that the API server refuses, with messages about the spec alone", () => {
  const grant = (prefix: string): Partial<BucketAccessSpec> => ({ grants: [{ prefix, permissions: ["Read"] }] });
  const app = (name: string): Partial<BucketAccessSpec> => ({ serviceAccountRefs: [{ name }] });
  const ROWS: [what: string, spec: Partial<BucketAccessSpec>, field: string][] = [
    [
      "prefix injection: a prefix without its slash, which is a prefix of another",
      grant("team-a"),
      "spec.grants[0].prefix",
    ],
    ["prefix injection: an asterisk after the slash", grant("team-a/*"), "spec.grants[0].prefix"],
    ["prefix injection: a leading slash", grant("/team-a/"), "spec.grants[0].prefix"],
    ["prefix injection: a line feed", grant("a\n/"), "spec.grants[0].prefix"],
    ["a prefix of 1,025 bytes", grant(`${"ü".repeat(512)}/`), "spec.grants[0].prefix"],
    ["a prefix with characters that IAM policies cannot hold", grant("文書/"), "spec.grants[0].prefix"],
    ["confused deputy: a ServiceAccount as a path", app("../ledger"), "spec.serviceAccountRefs[0].name"],
    ["confused deputy: a ServiceAccount of another namespace", app("team-b/ledger"), "spec.serviceAccountRefs[0].name"],
    [
      "confused deputy: a ServiceAccount as its subject",
      app("system:serviceaccount:team-b:ledger"),
      "spec.serviceAccountRefs[0].name",
    ],
    ["confused deputy: every ServiceAccount", app("*"), "spec.serviceAccountRefs[0].name"],
    ["foreign bucket: a name as a path", { bucketRef: { name: "../team-b/docs" } }, "spec.bucketRef.name"],
    ["foreign bucket: every namespace", { bucketRef: { name: "docs", namespace: "*" } }, "spec.bucketRef.namespace"],
    ["foreign role: all principals", { principals: ["*"] }, "spec.principals[0]"],
    ["foreign account: an account ID", { principals: [FOREIGN] }, "spec.principals[0]"],
    [
      "web identity: a subject with a wildcard",
      {
        serviceAccountRefs: undefined as never,
        webIdentity: { providerArn: providerOf(FOREIGN), subjects: ["repo:acme/*"], audience: "sts.amazonaws.com" },
      },
      "spec.webIdentity.subjects[0]",
    ],
    ["foreign role: all roles of an account", { principals: [`arn:aws:iam::${FOREIGN}:role/*`] }, "spec.principals[0]"],
    ["foreign role: a role in any account", { principals: ["arn:aws:iam::*:role/reader"] }, "spec.principals[0]"],
  ];
  let world: World;
  let accesses: Accesses;

  beforeAll(async () => {
    world = await createWorld();
    accesses = await accessesOf(world);
  });

  afterAll(async () => {
    accesses[Symbol.dispose]();
    await world[Symbol.asyncDispose]();
  });

  test.for(ROWS)("%s", async ([, spec, field]) => {
    const refusal = { status: 422, message: expect.stringContaining(field) as string };
    await expect(accesses.apply("attack", spec)).rejects.toMatchObject(refusal);
  });
});
