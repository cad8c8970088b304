/**
 * Hostile input against AWS's grammar and limits: prefixes that are patterns, names that collide, roles of other
 * owners. The roles are compared with the access that AWS then gives them. Input that the API server refuses is in
 * attacks.test.ts and validation/.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { roleNameOf } from "../../../operator/access/workload/role/name.ts";
import type { BucketAccessSpec } from "../../../operator/api/types.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessCalls, accessesOf, clusterOf, worldWithBucket } from "../support/world/access.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld } from "../support/world/world.ts";

const PARTNER = "444455556666";

describe("roles with hostile prefixes", () => {
  const PREFIXES = [
    "*/",
    "?/",
    "a*?/",
    "${aws:username}/",
    "${aws:PrincipalTag/kubernetes-namespace}/",
    "$/",
    "../",
    "a/../",
    "a//",
    `a b'"\\/`,
    "größe/ÿ/",
    `${"ü".repeat(500)}/`,
  ];

  test("a role reaches exactly the keys of its own prefix", { timeout: 60_000 }, async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    const Bucket = world.bucketName("docs");
    const neighbours = ["a/x", "b/x", "ab/x", "abc/x", "x", "/x", `${world.name}/x`, "app/x", "grösse/x"];
    const keys = [...PREFIXES.map((prefix) => `${prefix}x`), ...neighbours];
    for (const Key of keys) await world.person.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    for (const [index, prefix] of PREFIXES.entries()) {
      const grants: BucketAccessSpec["grants"] = [{ prefix, permissions: ["Read", "List"] }];
      await accesses.apply(`p${index}`, {
        grants,
        serviceAccountRefs: [{ name: `p${index}` }],
        identity: "PodIdentity",
      });
    }
    for (const index of PREFIXES.keys()) await accesses.when(`p${index}`, isReady);
    world.simulator.evaluatePolicies = true;
    for (const [index, prefix] of PREFIXES.entries()) {
      const pod = s3As(world, await world.simulator.podIdentityCredentials(clusterOf(world), world.name, `p${index}`));
      const readable = await among(keys, (Key) => pod.send(new GetObjectCommand({ Bucket, Key })));
      expect(readable, prefix).toEqual(keys.filter((key) => key.startsWith(prefix)));
      const prefixes = ["", ...PREFIXES, ...neighbours.map((key) => key.slice(0, -1))];
      const listable = await among(prefixes, (Prefix) => pod.send(new ListObjectsV2Command({ Bucket, Prefix })));
      expect(listable, prefix).toEqual(prefixes.filter((each) => each.startsWith(prefix)));
      pod.destroy();
    }
  });

  test("overlapping grants allow the union of their permissions", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    const Bucket = world.bucketName("docs");
    const keys = ["raw/x", "raw/a/x", "raw/a/b/x", "raw/ab/x", "other/x"];
    for (const Key of keys) await world.person.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    await accesses.ready("reader", {
      grants: [
        { prefix: "raw/a/b/", permissions: ["Delete"] },
        { prefix: "raw/", permissions: ["Read"] },
        { prefix: "raw/a/", permissions: ["Read", "Write"] },
      ],
      identity: "PodIdentity",
    });
    world.simulator.evaluatePolicies = true;
    const pod = s3As(world, await world.simulator.podIdentityCredentials(clusterOf(world), world.name, "app"));
    const may = await reachOf(pod, Bucket, keys);
    pod.destroy();
    expect(may).toEqual({
      get: ["raw/x", "raw/a/x", "raw/a/b/x", "raw/ab/x"],
      put: ["raw/a/x", "raw/a/b/x"],
      delete: ["raw/a/b/x"],
    });
  });
});

async function reachOf(s3: S3Client, Bucket: string, keys: readonly string[]): Promise<Record<string, string[]>> {
  return {
    get: await among(keys, (Key) => s3.send(new GetObjectCommand({ Bucket, Key }))),
    put: await among(keys, (Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "y" }))),
    delete: await among(keys, (Key) => s3.send(new DeleteObjectCommand({ Bucket, Key }))),
  };
}

/** The prefixes at which the request is allowed. Fails for a response other than success and 403. */
async function among(items: readonly string[], attempt: (item: string) => Promise<unknown>): Promise<string[]> {
  const allowed: string[] = [];
  for (const item of items) {
    try {
      await attempt(item);
      allowed.push(item);
    } catch (error) {
      expect(error, item).toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    }
  }
  return allowed;
}

describe("names and sizes", () => {
  test("two names that are equal after truncation have a role each", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    const names = ["a", "b"].map((end) => `${"long-".repeat(12)}${end}`);
    for (const name of names) await accesses.apply(name, {});
    const roles = await Promise.all(
      names.map(async (name) => (await accesses.when(name, isReady)).status?.roles?.[0]?.name ?? ""),
    );
    expect(new Set(roles).size).toBe(2);
    for (const role of roles) expect(role.length).toBeLessThanOrEqual(64);
  });

  test.for(["before", "after"] as const)(
    "a role of the same name that another owner created %s ours is not changed, and the message does not name the owner",
    async (when) => {
      await using world = await createWorld();
      await using _operator = startOperator(world);
      using accesses = await accessesOf(world);
      await worldWithBucket(world);
      const name = roleNameOf(undefined, { cluster: "test", namespace: world.name, name: "reader" });
      const make = () => {
        const role = world.account.addRole(name, { path: "/s3-operator/" });
        role.tags
          .set("s3-operator.io/cluster", "test")
          .set("s3-operator.io/namespace", "payroll")
          .set("s3-operator.io/name", "ledger");
        return { role, before: structuredClone(role) };
      };
      let stranger = when === "before" ? make() : undefined;
      await accesses.apply("reader", {});
      if (stranger === undefined) {
        const { status } = await accesses.when("reader", isReady);
        world.account.roles.delete(status?.roles?.[0]?.arn ?? "");
        stranger = make();
        await accesses.reconcileAgain("reader");
      }
      const refused = await accesses.when("reader", isStalled("RoleNotOwned"));
      expect(stranger.role).toEqual(stranger.before);
      expect(JSON.stringify(refused.status)).not.toMatch(/payroll|ledger/);
      await accesses.remove("reader");
      expect(world.account.roles.get(stranger.role.arn)).toEqual(stranger.before);
    },
  );

  test("a role that was deleted and created again is another principal to AWS: the unique ID in the bucket policy is drift", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    const Bucket = world.bucketName("docs");
    await world.person.send(new PutObjectCommand({ Bucket, Key: "raw/a", Body: "a" }));
    const partner = world.simulator.account(PARTNER);
    const { arn } = partner.addRole("reader");
    await accesses.ready("reader", { principals: [arn] });
    partner.roles.delete(arn);
    partner.addRole("reader");
    expect(world.account.buckets.get(Bucket)?.policy).toMatch(/AROA/);
    await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
    const bucket = await world.bucketWhen(
      "docs",
      (each) => isReady(each) && each.status?.drift?.lastCorrectedTime !== undefined,
    );
    expect(bucket.status?.drift?.changes?.[0]).toMatchObject({
      setting: "policy",
      actual: expect.stringContaining("AROA") as string,
    });
  });

  test("a policy beyond IAM's limit is refused before any call", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    const grants: BucketAccessSpec["grants"] = Array.from({ length: 100 }, (_, index) => ({
      prefix: `${index}/`.padStart(1024, "x"),
      permissions: ["Read"],
    }));
    await accesses.apply("reader", { grants });
    const refused = await accesses.when("reader", isStalled("PolicyTooLarge"));
    expect(condition(refused, "Ready")?.message).toContain("10,240");
    expect(accessCalls(world)).toEqual([]);
    await accesses.edit("reader", { grants: [{ prefix: "x/", permissions: ["Read"] }] });
    await accesses.when("reader", isReady);
  });
});
