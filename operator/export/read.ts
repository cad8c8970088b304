import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { baseConfig, sdkLogger } from "../aws/clients.ts";
import { awsErrorKind } from "../aws/errors.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import { type AwsSession, createAws } from "../aws/session.ts";
import { type BucketClient, bucketClient } from "../bucket/bucket-client.ts";
import { headBucket } from "../bucket/existence.ts";
import { observe, type Observations } from "../bucket/observe.ts";
import { SETTINGS } from "../bucket/settings/index.ts";
import type { ExportOptions } from "./options.ts";

/** The bucket cannot be exported. The message says why and what to do about it; for people, without a stack. */
export class ExportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExportError";
  }
}

/** A bucket, and what one look at all its settings brought. Its clients are closed. */
export interface FoundBucket {
  bucket: BucketClient;
  /** Some may have failed with a denial, or because the endpoint has no such setting; none otherwise. */
  observations: Observations;
}

/** For one call that hangs. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Where one asks if the environment does not say; S3 tells from there where a bucket is. */
const FALLBACK_REGION = "us-east-1";

/**
 * Looks at the bucket as the identity of the environment, which must be its account's. Writes nothing.
 * @throws ExportError
 */
export async function readBucket(options: ExportOptions, userAgent: string): Promise<FoundBucket> {
  const { signal } = new AbortController();
  const region = options.region ?? (await environmentRegion());
  const accountId = await callerAccount(region, userAgent);
  const aws = createAws({ forcePathStyle: options.s3ForcePathStyle, userAgent, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  try {
    const session = await aws.session({ accountId, region }).catch(failWith("sts:GetCallerIdentity"));
    const bucket = await findBucket(session, options, region, signal);
    const observations = await observe(bucket, SETTINGS);
    checkReadable(bucket, observations);
    return { bucket, observations };
  } finally {
    aws.destroy();
  }
}

/** As the SDK finds it: AWS_REGION, or the profile's. */
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

/** Told where AWS does not know who is asking. */
const HELP =
  "Name an identity of the bucket's account as for every AWS SDK, such as by AWS_PROFILE, and see that AWS_ENDPOINT_URL is right.";

async function callerAccount(region: string, userAgent: string): Promise<string> {
  const logger = sdkLogger(undefined);
  const settings = { forcePathStyle: false, userAgent, requestTimeoutMs: REQUEST_TIMEOUT_MS, logger };
  const sts = new STSClient(baseConfig(settings, region));
  try {
    const { Account = "" } = await sts.send(new GetCallerIdentityCommand());
    return Account;
  } catch (error) {
    return failWith("sts:GetCallerIdentity", undefined, HELP)(error);
  } finally {
    sts.destroy();
  }
}

/** In the region that was asked for, or else where S3 says that it is. */
async function findBucket(
  session: AwsSession,
  options: ExportOptions,
  region: string,
  signal: AbortSignal,
): Promise<BucketClient> {
  const bucket = bucketClient(session, options.bucket, region, signal);
  const existence = await headBucket(bucket).catch(failWith("s3:ListBucket", bucket.arn));
  switch (existence.state) {
    case "Exists":
      return bucket;
    case "Absent":
      throw new ExportError(`Bucket '${bucket.name}' does not exist: correct --bucket, or ask the right endpoint`);
    case "Denied":
      throw new ExportError(
        `Bucket '${bucket.name}' belongs to another AWS account than ${session.accountId}, or ${session.callerArn} lacks s3:ListBucket on ${bucket.arn}: ` +
          "use credentials of the bucket's account, or allow the action",
      );
    case "OtherRegion":
      return findElsewhere(session, options, existence.region, signal);
  }
}

async function findElsewhere(
  session: AwsSession,
  options: ExportOptions,
  region: string | undefined,
  signal: AbortSignal,
): Promise<BucketClient> {
  if (region !== undefined && options.region === undefined) {
    return findBucket(session, { ...options, region }, region, signal);
  }
  const [where, help] = region === undefined ? ["another region", "name that with"] : [`region ${region}`, "correct"];
  throw new ExportError(
    `Bucket '${options.bucket}' is in ${where}${options.region === undefined ? "" : `, not in ${options.region}`}: ${help} --region`,
  );
}

/** A manifest that lacks what could not be read just now would be taken for the whole truth. */
function checkReadable(bucket: BucketClient, observations: Observations): void {
  const failures = SETTINGS.flatMap(({ name, iamActions }) => {
    const error: unknown = observations.get(name)?.error;
    return error === undefined ? [] : [{ error, action: iamActions.read[0] }];
  });
  const [first] = failures.length === SETTINGS.length ? failures : [];
  const fatal = failures.find(({ error }) => !isLasting(error)) ?? first;
  if (fatal !== undefined) failWith(fatal.action, bucket.arn)(fatal.error);
}

/** For as long as nobody changes rights or endpoint. */
function isLasting(error: unknown): boolean {
  return ["AccessDenied", "Unsupported"].includes(awsErrorKind(error) ?? "");
}

/** For the `catch` of a call; an error that is not AWS's is a bug, and is thrown on. */
function failWith(action: string, resource?: string, help?: string): (error: unknown) => never {
  return (error) => {
    const failure = awsFailure(error, { action, ...(resource !== undefined && { resource }) });
    if (failure === undefined) throw error;
    throw new ExportError(help === undefined ? failure.message : `${failure.message.replace(/\.?$/, ".")} ${help}`);
  };
}
