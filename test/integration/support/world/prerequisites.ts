import { bucketArn } from "../../../../operator/aws/arn.ts";
import type { World } from "./world.ts";

/** What settings refer to, and S3 wants to see: all of it in the world's account and region. */
export interface Prerequisites {
  kmsKeyArn: string;
  roleArn: string;
  queueArn: string;
  topicArn: string;
  /** Of a bucket with versioning, which takes logs, replicas and reports. */
  targetBucket: string;
  targetArn: string;
}

export async function prerequisites(world: World): Promise<Prerequisites> {
  const { account } = world;
  const targetBucket = world.bucketName("target");
  account.createBucket(targetBucket, "eu-central-1").versioning = "Enabled";
  const arn = (service: string, name: string) => `arn:aws:${service}:eu-central-1:${account.id}:${name}`;
  const [queueArn, topicArn] = [arn("sqs", "uploads"), arn("sns", "pages")];
  for (const destination of [queueArn, topicArn]) account.notificationDestinations.set(destination, "Allowed");
  return {
    kmsKeyArn: await world.createKey(),
    roleArn: account.addRole("replication").arn,
    queueArn,
    topicArn,
    targetBucket,
    targetArn: bucketArn("aws", targetBucket),
  };
}
