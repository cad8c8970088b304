import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { AWS_ACCOUNTS, FINALIZER, RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { AWSAccount, S3BucketSpec } from "../../../operator/api/types.ts";
import type { PolicyDocument } from "../../../operator/aws/policy/document.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants, operatorCalls } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, outOfSync } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, expectAccessInvariants, roleOf, worldWithBucket } from "../support/world/access.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

/* A proxy, a firewall or another store answers in AWS's place: the operator must not take it for AWS's response. */

const HTML = { "content-type": "text/html" };
const PAGE = "<html><body>Please log in</body></html>";
const LISTING = "<ListBucketResult><Name>x</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
const NOT_FOUND = { status: 404, headers: HTML, body: PAGE };

const SPEC: S3BucketSpec = {
  baseline: "None",
  policy: {
    statements: [
      {
        sid: "Ours",
        effect: "Deny",
        principals: { aws: ["*"] },
        actions: ["s3:DeleteObject"],
        resources: ["{bucket}/*"],
      },
    ],
  },
  lifecycle: { unmanagedRules: "Keep", rules: [{ id: "ours", status: "Enabled", expiration: { days: 30 } }] },
  notifications: { eventBridge: "Enabled" },
};

/** Entries that other tools have added beside ours, by read. */
const THEIRS = {
  GetBucketPolicy: "Theirs",
  GetBucketLifecycleConfiguration: "theirs",
  GetBucketNotificationConfiguration: "theirs",
};
const READS = Object.keys(THEIRS) as (keyof typeof THEIRS)[];

async function addTheirs({ person }: World, Bucket: string): Promise<void> {
  const { Policy = "" } = await person.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy) as PolicyDocument;
  policy.Statement.push({
    Sid: "Theirs",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObjectTorrent",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  });
  await person.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  const { Rules = [] } = await person.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const rule = { ID: "theirs", Status: "Enabled", Filter: { Prefix: "tmp/" }, Expiration: { Days: 1 } } as const;
  const LifecycleConfiguration = { Rules: [...Rules, rule] };
  await person.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  const { $metadata: _, ...ours } = await person.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  const queue = { Id: "theirs", QueueArn: "arn:aws:sqs:eu-central-1:111122223333:q", Events: ["s3:ObjectCreated:*"] };
  await person.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { ...ours, QueueConfigurations: [queue as never] },
      SkipDestinationValidation: true,
    }),
  );
}

function areKept(world: World, bucketName: string): boolean[] {
  const { policy, lifecycle, notifications } = atAws(world, bucketName);
  return [
    JSON.stringify(policy).includes("Theirs"),
    JSON.stringify(lifecycle).includes("theirs"),
    JSON.stringify(notifications).includes("theirs"),
  ];
}

describe("a response that is another document", () => {
  test.for([
    ["empty", { status: 200, body: "" }, "Unavailable"],
    ["a page", { status: 200, headers: HTML, body: PAGE }, "Unavailable"],
    ["a list of objects", { status: 200, body: LISTING }, "Unsupported"],
  ] as const)(
    "after a response that is %s, entries of other tools stay, and nothing is written",
    async ([, reply, reason]) => {
      await using world = await createWorld();
      await using _operator = startOperator(world, { settleWindowMs: 0 });
      await readyBucket(world, "docs", SPEC);
      const bucketName = world.bucketName("docs");
      await addTheirs(world, bucketName);
      const writes = operatorCalls(world).filter(({ write }) => write).length;

      const removes = READS.map((operation) =>
        world.simulator.faults.intercept(reply, { operation, bucket: bucketName }),
      );
      await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "during" });
      const during = await world.bucketWhen("docs", (bucket) => outOfSync(bucket).length === 3);
      expect(outOfSync(during).sort()).toEqual(["lifecycle", "notifications", "policy"]);
      expect(condition(during, "Ready")?.reason).toBe(reason);
      for (const remove of removes) remove();

      await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "after" });
      await world.bucketWhen("docs", isReady);
      expect(areKept(world, bucketName)).toEqual([true, true, true]);
      expect(operatorCalls(world).filter(({ write }) => write)).toHaveLength(writes);
      await expectInvariants(world);
    },
  );
});

test("a proxy's 404 for S3 with DeleteIfEmpty keeps the object and the bucket until AWS itself answers", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  const remove = world.simulator.faults.intercept(NOT_FOUND);
  await world.deleteBucket("docs");
  const waiting = await world.bucketWhen("docs", isReconciling("Unavailable"));
  expect(condition(waiting, "Ready")?.message).toContain("HTTP status 404, text/html");
  expect(waiting.metadata.finalizers).toContain(FINALIZER);
  expect(atAws(world, world.bucketName("docs"))).toBeDefined();
  remove();
  await world.gone("docs");
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
});

test("a proxy's 404 and 403 for HEAD create no bucket, and do not count as another account's bucket", async () => {
  for (const status of [403, 404]) {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const remove = world.simulator.faults.intercept({ ...NOT_FOUND, status }, { operation: "HeadBucket" });
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    await world.bucketWhen("docs", isReconciling("Unavailable"));
    expect(world.account.buckets.size).toBe(0);
    remove();
    await world.bucketWhen("docs", isReady);
    await expectInvariants(world);
  }
});

test("a store's 404 for the tags of a bucket does not mean that the bucket is missing", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { baseline: "None" });
  const body = "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>";
  world.simulator.faults.intercept({ status: 404, body }, { operation: "ListTagsForResource" });
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "during" });
  await world.bucketWhen("docs", isReconciling("NotFound"));
  const reasons = world.statuses.of("docs").map((state) => condition(state, "Ready")?.reason);
  expect(reasons).not.toContain("BucketAbsent");
  await world.editSpec("docs", { deletionPolicy: "DeleteIfEmpty" });
  await world.deleteBucket("docs");
  const waiting = await world.bucketWhen("docs", ({ metadata }) => metadata.deletionTimestamp !== undefined);
  await world.bucketWhen("docs", ({ status }) => status?.observedGeneration === waiting.metadata.generation);
  expect(atAws(world, world.bucketName("docs"))).toBeDefined();
});

test("a proxy's 404 for IAM keeps the finalizer of a deleted BucketAccess until the role is gone", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.apply("reader", { identity: "IRSA" });
  const role = roleOf(world, await accesses.when("reader", isReady));

  const removes = operationsOf("iam", world).map((operation) =>
    world.simulator.faults.intercept(NOT_FOUND, { operation }),
  );
  await accesses.delete("reader");
  const waiting = await accesses.when("reader", isReconciling("Unavailable"));
  expect(waiting.metadata.finalizers).toContain(FINALIZER);
  expect(world.account.roles.has(role.arn)).toBe(true);
  for (const remove of removes) remove();
  await eventually(
    () => accesses.get("reader").catch(() => undefined),
    (found) => found === undefined,
    (last) => JSON.stringify(last),
  );
  expect(world.account.roles.has(role.arn)).toBe(false);
});

test.for([
  ["empty", { status: 200, body: "" }],
  ["a page", { status: 200, headers: HTML, body: PAGE }],
  ["no list", { status: 200, body: "<ListRolePoliciesResponse><ListRolePoliciesResult/></ListRolePoliciesResponse>" }],
] as const)("a response that is %s does not count as the absence of policies in a role", async ([, reply]) => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.apply("reader", { identity: "IRSA" });
  const role = roleOf(world, await accesses.when("reader", isReady));
  const faults = ["ListRolePolicies", "ListAttachedRolePolicies"].map((operation) =>
    world.simulator.faults.intercept(reply, { operation }),
  );
  role.inlinePolicies.set("theirs", '{"Version":"2012-10-17","Statement":[]}');
  await accesses.annotate("reader", { [RECONCILE_REQUESTED_AT]: "during" });
  await accesses.when("reader", isReconciling("Unavailable"));
  for (const remove of faults) remove();
  await accesses.when("reader", isReady);
  expect([...role.inlinePolicies.keys()]).toEqual([expect.stringMatching(/^s3-operator-/)]);
  await expectAccessInvariants(world, accesses);
});

/** Words of the SDK for programmers. */
const OF_THE_SDK = /deserialization|parse|hidden field|@aws-sdk|undefined/i;

/** Answers to the operator's first calls, and what all messages about them say. */
const STRANGE: [
  title: string,
  reply: { status: number; headers?: Record<string, string>; body: string },
  says: string[],
][] = [
  ["a page", { status: 403, headers: HTML, body: PAGE }, ["HTTP status 403, text/html", '"Please log in"']],
  ["a broken page", { status: 400, headers: HTML, body: "<p>no<br></html>" }, ["HTTP status 400, text/html", '"no"']],
  ["a demand of the proxy", { status: 407, body: "" }, ["HTTP status 407"]],
  ["an unknown service", { status: 404, body: "404 page not found" }, ["HTTP status 404", '"404 page not found"']],
  [
    "a page with status 200",
    { status: 200, headers: HTML, body: PAGE },
    ["HTTP status 200, text/html", "Please log in"],
  ],
  ["an empty answer", { status: 200, body: "" }, ["HTTP status 200", "nothing in place of GetCallerIdentityResponse"]],
];

test.for(STRANGE)(
  "%s in place of STS's answer: the messages say what was asked of which host",
  async ([, reply, says]) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    world.simulator.faults.intercept(reply, { operation: "GetCallerIdentity" });
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    const bucket = await world.bucketWhen("docs", (each) => condition(each, "Ready")?.reason === "Unavailable");
    const account = await eventually(
      () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }),
      (each) => condition(each, "Ready")?.reason === "Unavailable",
      (last) => JSON.stringify(last?.status),
    );
    const { note } = await eventWhen(world, "docs", "Unavailable");
    for (const message of [condition(account, "Ready")?.message, condition(bucket, "Ready")?.message, note]) {
      for (const part of ["(sts:GetCallerIdentity)", "from 127.0.0.1", ...says]) expect(message).toContain(part);
      expect(message).not.toMatch(OF_THE_SDK);
    }
  },
);

test("a page in place of the answers to a release is in the event as any other", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "Retain" });
  world.simulator.faults.intercept({ status: 403, headers: HTML, body: "<p>no<br></html>" });
  await world.deleteBucket("docs");
  const { note } = await eventWhen(world, "docs", "BucketNotReleased");
  expect(note).toContain('HTTP status 403, text/html, from 127.0.0.1: "no"');
  expect(note).not.toMatch(OF_THE_SDK);
});

/** The operator's calls so far, and its calls to delete a role. */
function operationsOf(service: string, world: World): string[] {
  const called = operatorCalls(world).flatMap((call) => (call.service === service ? [call.operation] : []));
  return [
    ...new Set([
      ...called,
      "DeleteRole",
      "DeleteRolePolicy",
      "DetachRolePolicy",
      "ListRolePolicies",
      "ListAttachedRolePolicies",
    ]),
  ];
}
