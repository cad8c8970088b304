import { bucketArn } from "../../../../operator/aws/arn.ts";
import type { World } from "./world.ts";

/** Resources that settings refer to, and that S3 requires: all in the world's account and region. */
export interface Prerequisites {
  kmsKeyArn: string;
  roleArn: string;
  queueArn: string;
  topicArn: string;
  /** The name of a bucket with versioning that accepts logs, replicas and reports. */
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
