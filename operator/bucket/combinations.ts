import type { PublicAccessBlockConfiguration, ServerSideEncryptionRule } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../api/types.ts";
import type { PolicyDocument, Statement } from "../aws/policy/document.ts";
import { isCertain, resourceRulingOf, type Applying, type Ruling } from "../aws/policy/evaluation/ruling.ts";
import { externalAccess } from "../aws/policy/external-access.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { SettingPlan } from "./plan.ts";
import { isOurs } from "./policy/compose.ts";
import { TRANSPORT_SID } from "./policy/templates/transport.ts";

/** What the bucket has, or will have once the spec is applied. */
interface Effective {
  spec: S3BucketSpec;
  accountId: string;
  /** How the policy judges a request of the website endpoint; undefined if the spec has no website that reads objects. */
  website: Ruling | undefined;
  ignoresPublicAcls: boolean;
  restrictsPublicBuckets: boolean;
  objectOwnership: string | undefined;
  sseAlgorithm: string | undefined;
  /** Undefined if nothing reads the versioning. */
  mfaDelete: string | undefined;
}

/** Settings that are each right, and of which one takes the effect of the other. */
interface Combination {
  /** The setting without effect. */
  setting: keyof S3BucketSpec;
  /** What to do; undefined if the row does not apply. */
  message: (effective: Effective) => string | undefined;
}

const COMBINATIONS: readonly Combination[] = [
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html#WebsiteRestEndpointDiff
    setting: "website",
    message: ({ website }) =>
      website?.denies.some(isTransport) !== true
        ? undefined
        : "The website endpoint speaks HTTP only, and spec.policy denies requests without TLS: every request for an " +
          "object gets 403, also from a CloudFront distribution whose origin is the website endpoint. To serve the " +
          "website, set spec.policy.minimumTLSVersion to None, which lets all callers with access to the bucket send " +
          "requests and objects unencrypted. To keep TLS, remove spec.website and serve the bucket with CloudFront: " +
          "spec.policy.cloudFrontDistributions",
  },
  {
    setting: "website",
    message: ({ website }) => {
      const others = website?.denies.filter((each) => isCertain(each) && !isTransport(each)) ?? [];
      return others.length === 0
        ? undefined
        : "The website endpoint sends anonymous requests without TLS, and the bucket policy denies them (statement " +
            `${others.map(({ name }) => `'${name}'`).join(", ")}): every request for an object gets 403`;
    },
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
    setting: "website",
    message: (effective) =>
      effective.website === undefined || isReadable(effective, effective.website)
        ? undefined
        : "The website endpoint serves only objects that anonymous callers may read, and there are none: " +
          howToOpen(effective),
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
    setting: "website",
    message: ({ spec }) =>
      spec.website === undefined || spec.requestPayment !== "Requester"
        ? undefined
        : "The website endpoint answers 403 to every request, also those that it would redirect, since a bucket with " +
          "requestPayment 'Requester' takes no anonymous requests: set spec.requestPayment to BucketOwner",
  },
  {
    // https://repost.aws/knowledge-center/s3-website-cloudfront-error-403
    setting: "website",
    message: ({ website, sseAlgorithm = "AES256" }) =>
      website === undefined || sseAlgorithm === "AES256"
        ? undefined
        : "The website endpoint answers 403 for objects that are encrypted with a KMS key, the default of this bucket: " +
          "set spec.encryption.sseAlgorithm to AES256, or upload the website's objects with AES256",
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    setting: "lifecycle",
    message: ({ spec, mfaDelete }) =>
      spec.lifecycle === undefined || mfaDelete !== "Enabled"
        ? undefined
        : "S3 does not support lifecycle rules together with MFA delete, which only the account's root user can turn off",
  },
];

/** Messages by setting, of all rows that apply. Pure. */
export function withoutEffect(
  plans: readonly SettingPlan[],
  spec: S3BucketSpec,
  bucket: Pick<BucketClient, "arn" | "accountId">,
): ReadonlyMap<string, string> {
  const effective = effectiveOf(plans, spec, bucket);
  const found = new Map<string, string>();
  for (const { setting, message } of COMBINATIONS) {
    const [before, more] = [found.get(setting), message(effective)];
    if (more !== undefined) found.set(setting, before === undefined ? more : `${before}. ${more}`);
  }
  return found;
}

/**
 * A redirect reads no object, so that no policy concerns it: redirects work from private buckets
 * (https://github.com/aws/aws-cdk/pull/12014). That a Deny does not concern them either is unsourced, assumed: S3
 * evaluates the policy for an action, and there is none.
 */
function servesObjects({ website }: S3BucketSpec): boolean {
  const { indexDocument, routingRules = [] } = website ?? {};
  const redirectsDenied = routingRules.some(
    ({ condition }) => condition === undefined || condition.httpErrorCodeReturnedEquals === "403",
  );
  return indexDocument !== undefined && !redirectsDenied;
}

function effectiveOf(
  plans: readonly SettingPlan[],
  spec: S3BucketSpec,
  bucket: Pick<BucketClient, "arn" | "accountId">,
): Effective {
  const of = (name: string) => plans.find((plan) => plan.name === name);
  const found = (name: string) => of(name)?.observation.value;
  const block = of("publicAccessBlock")?.desired as S3BucketSpec["publicAccessBlock"];
  const seenBlock = found("publicAccessBlock") as PublicAccessBlockConfiguration | undefined;
  const rule = found("encryption") as ServerSideEncryptionRule | undefined;
  const ours = (of("policy")?.desired as { statements: Statement[] } | undefined)?.statements;
  const present = (found("policy") as PolicyDocument | undefined)?.Statement ?? [];
  const Statement = ours === undefined ? present : [...ours, ...present.filter((each) => !isOurs(each))];
  return {
    spec,
    accountId: bucket.accountId,
    website: servesObjects(spec)
      ? resourceRulingOf({ Statement }, websiteRequest(bucket.arn, spec.website?.indexDocument ?? ""))
      : undefined,
    ignoresPublicAcls: block?.ignorePublicAcls ?? seenBlock?.IgnorePublicAcls ?? false,
    restrictsPublicBuckets: block?.restrictPublicBuckets ?? seenBlock?.RestrictPublicBuckets ?? false,
    mfaDelete: (found("versioning") as { mfaDelete?: string } | undefined)?.mfaDelete,
    objectOwnership: (of("objectOwnership")?.desired ?? found("objectOwnership")) as string | undefined,
    sseAlgorithm:
      (of("encryption")?.desired as S3BucketSpec["encryption"])?.sseAlgorithm ??
      rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
  };
}

/**
 * An anonymous GetObject without TLS: without a role, and without the keys that describe a principal.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
function websiteRequest(bucketArn: string, key: string) {
  const none = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:userid", "s3:TlsVersion"];
  const context = {
    ...Object.fromEntries(none.map((name) => [name, []])),
    "aws:PrincipalType": ["Anonymous"],
    "aws:PrincipalIsAWSService": ["false"],
    "aws:SecureTransport": ["false"],
  };
  return { roleArn: "", action: "s3:GetObject", resource: `${bucketArn}/${key}`, context };
}

/** Whether the policy, or the ACL of an object, may let anonymous callers read. */
function isReadable(effective: Effective, { allows }: Ruling): boolean {
  const { ignoresPublicAcls, restrictsPublicBuckets, objectOwnership, accountId } = effective;
  const isPublic = (statement: Statement) => externalAccess(statement, { accountId }) === "Public";
  if (allows.some(({ statement }) => !restrictsPublicBuckets || !isPublic(statement))) return true;
  return objectOwnership !== "BucketOwnerEnforced" && !ignoresPublicAcls;
}

/** The operator's own statement, see policy/templates/transport.ts. */
function isTransport({ name }: Applying): boolean {
  return name === TRANSPORT_SID;
}

function howToOpen({ website, restrictsPublicBuckets }: Effective): string {
  const statement = "add a statement to spec.policy.statements that allows all callers s3:GetObject";
  const open = "turn off blockPublicPolicy and restrictPublicBuckets in spec.publicAccessBlock";
  if (!restrictsPublicBuckets) return statement;
  return website?.allows.length === 0 ? `${open}, and ${statement}` : open;
}
