/**
 * Creates by calls what the simulator's tests put into its state: see test/integration/support/world/prerequisites.ts.
 */
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { bucketArn } from "../../operator/aws/arn.ts";
import type { Prerequisites } from "../integration/support/world/prerequisites.ts";
import { REGION, type LocalStackWorld } from "./world.ts";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export async function prerequisites(world: LocalStackWorld): Promise<Prerequisites> {
  const { s3 } = world.clients();
  const targetBucket = world.bucketName("target");
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: targetBucket, CreateBucketConfiguration }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: targetBucket, VersioningConfiguration }));
  const [role] = await createRoles(world, ["replication"]);
  return {
    kmsKeyArn: await world.createKey(),
    roleArn: role?.arn ?? "",
    queueArn: await createQueue(world, "uploads"),
    topicArn: await createTopic(world, "pages"),
    targetBucket,
    targetArn: bucketArn("aws", targetBucket),
  };
}

/** Roles that S3 may assume. */
export async function createRoles(
  world: LocalStackWorld,
  names: readonly string[],
): Promise<{ arn: string; id: string }[]> {
  const { iam } = world.clients();
  return Promise.all(
    names.map(async (RoleName) => {
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
      return { arn: Role?.Arn ?? "", id: Role?.RoleId ?? "" };
    }),
  );
}

/** @returns its ARN */
export async function createQueue(world: LocalStackWorld, name: string): Promise<string> {
  await query(world, "sqs", { Action: "CreateQueue", QueueName: name, Version: "2012-11-05" });
  return `arn:aws:sqs:${REGION}:${world.aws.accountId}:${name}`;
}

async function createTopic(world: LocalStackWorld, name: string): Promise<string> {
  await query(world, "sns", { Action: "CreateTopic", Name: name, Version: "2010-03-31" });
  return `arn:aws:sns:${REGION}:${world.aws.accountId}:${name}`;
}

/** A call without a client of the SDK. LocalStack reads account, region and service, and checks no signature. */
async function query(
  { url, aws }: LocalStackWorld,
  service: string,
  parameters: Record<string, string>,
): Promise<void> {
  const scope = `${aws.accountId}/20260101/${REGION}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization },
    body: new URLSearchParams(parameters),
  });
  if (!answer.ok) throw new Error(`${parameters["Action"]}: ${answer.status} ${await answer.text()}`);
}
