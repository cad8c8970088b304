/**
 * The operator's log during many errors: every line matches docs/log-line.schema.json, and none has confidential
 * content.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { violations, type JsonSchema } from "../../conformance/json-schema.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { createWorld } from "../support/world/world.ts";

const SCHEMA = JSON.parse(
  readFileSync(new URL("../../../docs/log-line.schema.json", import.meta.url), "utf8"),
) as JsonSchema;

let bundle: string;

beforeAll(async () => {
  bundle = await ensureBundle();
});

test.concurrent.each(["info", "debug"])(
  "at level %s every line matches the schema, and none contains a secret",
  async (level) => {
    await using world = await createWorld();
    const planted = { externalId: `planted-${randomUUID()}`, condition: `planted-${randomUUID()}` };
    const { arn: roleArn } = world.account.addRole("s3-operator", { externalId: planted.externalId });
    const flags = [`--log-level=${level}`, "--leader-elect=true", `--leader-election-namespace=${world.name}`];
    await using operator = spawnOperator(world, bundle, flags);
    const logged = (msg: string, count = 1) =>
      eventually(
        () => operator.log(),
        (log) => log.filter((line) => line.msg === msg).length >= count,
        () => operator.output(),
      );

    // Not yet admitted, then admitted under an external ID.
    await world.applyAccount({ assumeRole: { roleArn, externalId: `${planted.externalId}-wrong` } });
    await logged("Reconcile failed");
    await world.applyAccount({ assumeRole: { roleArn, externalId: planted.externalId } });
    const statement = {
      sid: "Team",
      effect: "Allow" as const,
      principals: { aws: [`arn:aws:iam::${world.account.id}:root`] },
      actions: ["s3:GetObject"],
      resources: ["{bucket}/raw/*"],
      conditions: [{ operator: "StringEquals", key: "aws:PrincipalTag/team", values: [planted.condition] }],
    };
    // A policy that is denied, fails, is throttled, and is applied in the end.
    const denied = world.simulator.faults.deny("s3:PutBucketPolicy");
    await world.applyBucket("docs", { bucketName: world.bucketName("docs"), policy: { statements: [statement] } });
    await world.bucketWhen("docs", (docs) => condition(docs, "Ready")?.reason === "AccessDenied");
    denied();
    world.simulator.faults.internalError({ operation: "PutBucketPolicy", times: 3 });
    await world.editSpec("docs", { versioning: "Enabled" });
    await logged("Reconcile failed", 3);
    await world.bucketWhen("docs", isReady);
    // A policy that AWS rejects, and quotes.
    const missing = { ...statement, principals: { aws: [`arn:aws:iam::${world.account.id}:role/missing`] } };
    await world.applyBucket("refused", { bucketName: world.bucketName("refused"), policy: { statements: [missing] } });
    await world.bucketWhen("refused", isReconciling("NotYetVisible"));
    // A policy that would lock the operator out.
    const roles = [`arn:aws:iam::${world.account.id}:role/${planted.condition}`];
    const conditions = [{ operator: "ArnNotEquals", key: "aws:PrincipalArn", values: roles }];
    const deny = { sid: "Team", effect: "Deny" as const, principals: { aws: ["*"] }, actions: ["s3:*"], conditions };
    await world.applyBucket("locks-out", { bucketName: world.bucketName("locks-out"), policy: { statements: [deny] } });
    await world.bucketWhen("locks-out", isStalled("PolicyLocksOut"));
    await logged("Reconcile stalled");
    operator.child.kill("SIGTERM");
    await operator.exited;

    const lines = operator.output().trimEnd().split("\n");
    const log = operator.log();
    expect(log.length, "every line is JSON").toBe(lines.length);
    expect(log.flatMap((line) => violations(SCHEMA, line).map((each) => `${each}: ${JSON.stringify(line)}`))).toEqual(
      [],
    );
    const messages = new Set(log.map(({ msg }) => msg));
    for (const msg of ["Starting", "Listening", "Became leader", "Reconcile failed", "Lease released", "Stopped"]) {
      expect(messages).toContain(msg);
    }
    expect(log.some((line) => line.level === "debug")).toBe(level === "debug");

    const token = /token: "?([^"\s]+)/.exec(await readFile(world.kubeconfigPath, "utf8"))?.[1] ?? "";
    const { secretAccessKey, accessKeyId } = world.account.credentials;
    expect(token.length).toBeGreaterThan(10);
    for (const secret of [secretAccessKey, accessKeyId, token, planted.externalId, planted.condition]) {
      expect(operator.output()).not.toContain(secret);
    }
    expect(operator.output()).not.toMatch(
      /authorization|AWS4-HMAC-SHA256|Bearer |SessionToken|"Statement"|PrincipalTag/i,
    );
  },
);
