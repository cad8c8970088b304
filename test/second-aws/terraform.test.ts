/** Terraform as a second reader: it imports what the operator wrote, and finds nothing to change. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { expect, inject, test } from "vitest";
import { SETTINGS } from "../../operator/bucket/settings/index.ts";
import { runCommand } from "../controlplane/command.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { readyBucket } from "../integration/support/world/buckets.ts";
import { everySetting } from "../integration/support/world/setting-cases.ts";
import { openTerraformFolder } from "./find-terraform.ts";
import { prerequisites } from "./prerequisites.ts";
import { createLocalStackWorld, type LocalStackWorld } from "./world.ts";

/** Settings that the configuration does not have: no resource of the provider, or none beside versioning. */
const LEFT_OUT = ["abac", "objectLock"];

const configuration = await readFile(join(import.meta.dirname, "terraform", "main.tf"), "utf8");
const resources = [...configuration.matchAll(/^resource "(\w+)"/gm)].map(([, type = ""]) => type);

/** Resources whose import ID is bucket:name. */
const NAMED: Readonly<Record<string, string>> = {
  aws_s3_bucket_intelligent_tiering_configuration: "cold",
  aws_s3_bucket_inventory: "all",
  aws_s3_bucket_metric: "all",
  aws_s3_bucket_analytics_configuration: "all",
};

test("the configuration has one resource for each setting", () => {
  expect(new Set(resources).size).toBe(resources.length);
  expect(resources).toHaveLength(SETTINGS.length - LEFT_OUT.length);
});

// Where Terraform is not installed, the last line of the command says so.
if (inject("hasTerraform")) {
  test("Terraform imports every setting of a bucket, and finds nothing to change", async () => {
    await using world = await createLocalStackWorld();
    await using _operator = startOperator(world);
    await using folder = await openTerraformFolder();
    const named = await prerequisites(world);
    const spec = Object.fromEntries(Object.entries(everySetting(named)).filter(([name]) => !LEFT_OUT.includes(name)));
    await readyBucket(world, "docs", spec);
    const bucket = world.bucketName("docs");
    const variables = {
      endpoint: world.url,
      account: world.aws.accountId,
      bucket,
      target: named.targetBucket,
      role_arn: named.roleArn,
      kms_key_arn: named.kmsKeyArn,
      queue_arn: named.queueArn,
      policy: await policyOf(world, bucket),
    };
    await writeFile(join(folder.path, "terraform.tfvars.json"), JSON.stringify(variables));
    await writeFile(join(folder.path, "imports.tf"), resources.map((type) => importOf(type, bucket)).join("\n"));
    const { stdout, stderr } = await runCommand("terraform", [
      `-chdir=${folder.path}`,
      "plan",
      "-input=false",
      "-no-color",
    ]);
    expect(stdout + stderr).toContain(`Plan: ${resources.length} to import, 0 to add, 0 to change, 0 to destroy.`);
  });
}

function importOf(type: string, bucket: string): string {
  const name = NAMED[type];
  const id = name === undefined ? bucket : `${bucket}:${name}`;
  return `import {\n  to = ${type}.this\n  id = "${id}"\n}`;
}

async function policyOf({ person }: LocalStackWorld, Bucket: string): Promise<string> {
  const { Policy = "" } = await person.send(new GetBucketPolicyCommand({ Bucket }));
  return Policy;
}
