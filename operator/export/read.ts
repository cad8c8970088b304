import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { baseConfig, sdkLogger } from "../aws/clients.ts";
import { awsErrorKind } from "../aws/errors.ts";
import { createAws, type AwsSession } from "../aws/session.ts";
import { bucketClient, type BucketClient } from "../bucket/bucket-client.ts";
import { headBucket } from "../bucket/existence.ts";
import { observe, type Observations } from "../bucket/observe.ts";
import { SETTINGS } from "../bucket/settings/index.ts";
import { CommandError } from "../cli/command.ts";
import { awsFailure, throwFailure } from "../reconcile/aws-failure.ts";
import type { ExportOptions } from "./options.ts";

/** The bucket's clients are closed. */
export interface FoundBucket {
  bucket: BucketClient;
  /** The only errors are denials, and settings that the endpoint does not support. */
  observations: Observations;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** Used if the environment names no region. S3 tells there in which region a bucket is. */
const FALLBACK_REGION = "us-east-1";
/** Never aborts: a command runs until the user ends the process. */
const { signal } = new AbortController();

/**
 * Reads the bucket with the credentials of the environment, which must belong to the bucket's account.
 * @throws CommandError or OutcomeError
 */
export async function readBucket(options: ExportOptions, userAgent: string): Promise<FoundBucket> {
  const region = options.region ?? (await environmentRegion());
  const accountId = await callerAccount(region, userAgent);
  const aws = createAws({ forcePathStyle: options.s3ForcePathStyle, userAgent, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  try {
    const session = await aws.session({ accountId, region }).catch(throwFailure("sts:GetCallerIdentity"));
    const bucket = await findBucket(session, options, region);
    const observations = await observe(bucket, SETTINGS);
    checkReadable(bucket, observations);
    return { bucket, observations };
  } finally {
    aws.destroy();
  }
}

/** From AWS_REGION or the profile, as for every SDK. */
async function environmentRegion(): Promise<string> {
  const sts = new STSClient();
  try {
    return await sts.config.region();
  } catch {
    return FALLBACK_REGION;
  } finally {
    sts.destroy();
  }
}

const CREDENTIALS_HELP =
  "Set credentials of the bucket's account as for every AWS SDK, for example with AWS_PROFILE, and check AWS_ENDPOINT_URL.";

async function callerAccount(region: string, userAgent: string): Promise<string> {
  const logger = sdkLogger(undefined);
  const settings = { forcePathStyle: false, userAgent, requestTimeoutMs: REQUEST_TIMEOUT_MS, logger };
  const sts = new STSClient(baseConfig(settings, region));
  try {
    const { Account = "" } = await sts.send(new GetCallerIdentityCommand());
    return Account;
  } catch (error) {
    const failure = awsFailure(error, { action: "sts:GetCallerIdentity" });
    if (failure === undefined) throw error;
    throw new CommandError(`${failure.message.replace(/\.?$/, ".")} ${CREDENTIALS_HELP}`);
  } finally {
    sts.destroy();
  }
}

/** Follows S3 to the region of the bucket, unless the user set --region. */
async function findBucket(session: AwsSession, options: ExportOptions, region: string): Promise<BucketClient> {
  const bucket = bucketClient(session, options.bucket, region, signal);
  const existence = await headBucket(bucket).catch(throwFailure("s3:ListBucket", bucket.arn));
  switch (existence.state) {
    case "Exists":
      return bucket;
    case "Absent":
      throw new CommandError(`Bucket '${bucket.name}' does not exist: correct --bucket or AWS_ENDPOINT_URL`);
    case "Denied":
      throw new CommandError(
        `Bucket '${bucket.name}' belongs to another AWS account than ${session.accountId}, or ${session.callerArn} lacks s3:ListBucket on ${bucket.arn}: ` +
          "use credentials of the bucket's account, or allow the action",
      );
    case "OtherRegion":
      return findElsewhere(session, options, existence.region);
  }
}

async function findElsewhere(
  session: AwsSession,
  options: ExportOptions,
  region: string | undefined,
): Promise<BucketClient> {
  if (region !== undefined && options.region === undefined) {
    return findBucket(session, { ...options, region }, region);
  }
  const [where, help] = region === undefined ? ["another region", "set it with"] : [`region ${region}`, "correct"];
  throw new CommandError(
    `Bucket '${options.bucket}' is in ${where}${options.region === undefined ? "" : `, not in ${options.region}`}: ${help} --region`,
  );
}

/** Fails on temporary errors: the manifest would lack settings that the bucket has. */
function checkReadable(bucket: BucketClient, observations: Observations): void {
  const failures = SETTINGS.flatMap(({ name, iamActions }) => {
    const error: unknown = observations.get(name)?.error;
    return error === undefined ? [] : [{ error, action: iamActions.read[0] }];
  });
  const [first] = failures.length === SETTINGS.length ? failures : [];
  const fatal = failures.find(({ error }) => !isLasting(error)) ?? first;
  if (fatal !== undefined) throwFailure(fatal.action, bucket.arn)(fatal.error);
}

/** Lasts until the user changes permissions or endpoint. */
function isLasting(error: unknown): boolean {
  return ["AccessDenied", "Unsupported"].includes(awsErrorKind(error) ?? "");
}
