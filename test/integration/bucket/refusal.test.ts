import { expect, test } from "vitest";
import { RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { PolicyStatement, S3BucketSpec } from "../../../operator/api/types.ts";
import { ALL_BLOCKED, publicAccessBlockDocument } from "../../aws/s3/public-access-block.ts";
import { expectInvariants, expectSoundHistory } from "../support/expect/invariants.ts";
import {
  condition,
  isReady,
  isReconciling,
  isStalled,
  outOfSync,
  settingMessage,
  settingState,
} from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

const statement = (more: Partial<PolicyStatement>): PolicyStatement => ({
  sid: "Mine",
  effect: "Deny",
  principals: { aws: ["*"] },
  actions: ["s3:DeleteObject"],
  ...more,
});

interface Refusal {
  what: string;
  setting: string;
  spec: S3BucketSpec;
  prepare?: (world: World, bucketName: string) => unknown;
  reason: string;
  says: string;
}

const REFUSALS: Refusal[] = [
  {
    what: "a policy that S3 rejects",
    setting: "policy",
    spec: { policy: { statements: [statement({ actions: ["s3:ListBucket"], resources: ["{bucket}/*"] })] } },
    reason: "Invalid",
    says: "Action does not apply to any resource",
  },
  {
    what: "a policy that is too large",
    setting: "policy",
    spec: {
      policy: {
        statements: Array.from({ length: 20 }, (_, index) =>
          statement({ sid: `S${index}`, resources: [`{bucket}/${"x".repeat(1_000)}`] }),
        ),
      },
    },
    reason: "PolicyTooLarge",
    says: "20480",
  },
  {
    what: "an ACL that object ownership forbids",
    setting: "objectOwnership",
    spec: { objectOwnership: "BucketOwnerEnforced" },
    prepare: (world, bucketName) => {
      atAws(world, bucketName).acl = "public-read";
    },
    reason: "BucketACLGrantsAccess",
    says: "put-bucket-acl",
  },
  {
    what: "more tags than S3 allows",
    setting: "tags",
    spec: { tags: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`tag${index}`, "x"])) },
    prepare: (world, bucketName) => {
      for (let index = 0; index < 40; index += 1) atAws(world, bucketName).tags.set(`theirs${index}`, "x");
    },
    reason: "TooManyTags",
    says: "Remove 14 of the bucket's tags",
  },
];

test.for(REFUSALS)("$what stalls the bucket with the reason, and the other settings are applied", async (row) => {
  const { setting, spec, prepare, reason, says } = row;
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { objectOwnership: "BucketOwnerPreferred" });
  prepare?.(world, bucketName);
  await world.editSpec("docs", { versioning: "Enabled", ...spec });
  const stalled = await world.bucketWhen("docs", isStalled(reason));
  expect(condition(stalled, "Stalled")?.message).toContain(setting);
  expect(condition(stalled, "Stalled")?.message).toContain(says);
  expect(settingState(stalled, setting)).toBe("Failed");
  expect(outOfSync(stalled)).toEqual([setting]);
  expect(atAws(world, bucketName).versioning).toBe("Enabled");
  expectSoundHistory(world);
});

test("a public policy that the account's Block Public Access prevents is reported with AWS's reason, without advice about IAM", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.account.publicAccessBlock = publicAccessBlockDocument(ALL_BLOCKED);
  const open = {
    blockPublicAcls: true,
    ignorePublicAcls: true,
    blockPublicPolicy: false,
    restrictPublicBuckets: false,
  };
  const bucketName = world.bucketName("site");
  const everybody = statement({ effect: "Allow", actions: ["s3:GetObject"], resources: ["{bucket}/*"] });
  await world.applyAccount();
  await world.applyBucket("site", {
    bucketName,
    publicAccessBlock: open,
    policy: { statements: [everybody] },
    versioning: "Enabled",
  });
  const refused = await world.bucketWhen("site", isStalled("PublicAccessBlocked"));
  expect(settingState(refused, "policy")).toBe("Failed");
  const message = settingMessage(refused, "policy");
  expect(message).toContain("BlockPublicPolicy");
  expect(message).not.toContain("IAM policy");
  expect(outOfSync(refused)).toEqual(["policy"]);
  expect(isReady(refused)).toBe(false);

  world.account.publicAccessBlock = undefined;
  await world.annotate("site", { [RECONCILE_REQUESTED_AT]: "allowed" });
  await world.bucketWhen("site", isReady);
  expect(atAws(world, bucketName).policy).toContain("S3OperatorSpecMine");
  await expectInvariants(world);
});

test("a principal that does not exist may be created later, so it is waited for and never Stalled", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const role = `arn:aws:iam::${world.account.id}:role/reader`;
  await world.applyAccount();
  const allow = statement({
    effect: "Allow",
    principals: { aws: [role] },
    actions: ["s3:GetObject"],
    resources: ["{bucket}/*"],
  });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), policy: { statements: [allow] } });
  const waiting = await world.bucketWhen("docs", isReconciling("NotYetVisible"));
  expect(condition(waiting, "Ready")?.message).toContain("Invalid principal");
  expect(outOfSync(waiting)).toEqual(["policy"]);
  world.account.addRole("reader");
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "created" });
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});
