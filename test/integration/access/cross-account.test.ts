/**
 * examples/cross-account-reader, applied as it is: a role of another account reads below one prefix, if its own account
 * allows it.
 */

import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { expectInvariants } from "../support/expect/invariants.ts";
import { expectNothingElse, expectReach, fill, keysAround } from "../support/expect/reach.ts";
import { isReady } from "../support/expect/states.ts";
import { expectAccessInvariants } from "../support/world/access.ts";
import { textOf } from "../support/world/examples.ts";
import { assumed, runExample, s3As } from "../support/world/workloads.ts";

const FOLDER = "cross-account-reader";
const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

test("access needs a permission in both accounts, and reaches only keys below the prefix", async () => {
  await using stage = await runExample(FOLDER, "IRSA");
  const { world, accesses } = stage;
  const { spec, status } = await accesses.when("report-reader", isReady);
  await expectAccessInvariants(world, accesses);
  await expectInvariants(world);

  const bucket = status?.bucketName ?? "";
  const keys = keysAround("published/");
  await fill(stage, bucket, keys);
  const readAs = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: "published/x" }));

  const reader = world.simulator.account("444455556666");
  const [role] = reader.roles.values();
  if (role === undefined) throw new Error("no role");
  const s3 = s3As(world, await assumed(world, reader.credentials, role.arn));
  role.attachedPolicies.clear();
  const missing = expect.stringContaining("no identity-based policy") as string;
  await expect(readAs(s3)).rejects.toMatchObject({ name: "AccessDenied", message: missing });

  const policy = textOf(`${FOLDER}/reader-policy.json`);
  const keyArn = /arn:aws:kms[^"]*/;
  expect(policy).toMatch(keyArn);
  role.inlinePolicies.set("reports", policy.replace(keyArn, status?.kmsKeyArn ?? ""));
  await readAs(s3);
  await expectReach({ s3, bucket }, spec.grants, keys);
  await expectNothingElse({ s3, bucket }, keys);

  // The bucket policy grants no more, whatever the role's own account allows, and nothing to another role.
  role.inlinePolicies.set("reports", JSON.stringify(EVERYTHING));
  await expectReach({ s3, bucket }, spec.grants, keys);
  await expectNothingElse({ s3, bucket }, keys);
  const other = s3As(world, await assumed(world, reader.credentials, reader.addRole("report-reader-2").arn));
  await expect(readAs(other)).rejects.toMatchObject({ name: "AccessDenied" });

  await accesses.remove("report-reader");
  await expect(readAs(s3)).rejects.toMatchObject({ name: "AccessDenied" });
});
