/**
 * AWS's error codes, sorted by what to do about them. No other file compares codes.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, the "Errors" of each KMS, STS, IAM and EKS API page, and the SDK's own lists.
 */

export type AwsErrorKind =
  | "NotFound"
  | "AccessDenied"
  | "Credentials"
  | "Throttled"
  | "Conflict"
  | "WrongRegion"
  | "Quota"
  | "NotEmpty"
  | "AlreadyExists"
  | "AlreadyOwned"
  | "NotYetVisible"
  | "Invalid"
  | "Unsupported"
  | "Aborted"
  | "Unavailable";

/** What a read answers when the thing read is not set. The bucket itself is there. */
export const ABSENT: readonly string[] = [
  "NoSuchBucketPolicy",
  "NoSuchCORSConfiguration",
  "NoSuchConfiguration",
  "NoSuchEntity",
  "NoSuchEntityException",
  "NoSuchLifecycleConfiguration",
  "NoSuchPublicAccessBlockConfiguration",
  "NoSuchTagSet",
  "NoSuchTagSetError",
  "NoSuchWebsiteConfiguration",
  "NotFoundException",
  "ResourceNotFoundException",
  "ObjectLockConfigurationNotFound",
  "ObjectLockConfigurationNotFoundError",
  "OwnershipControlsNotFoundError",
  "ReplicationConfigurationNotFoundError",
  "ServerSideEncryptionConfigurationNotFoundError",
];

/** "NotFound" is HeadBucket's, which has no body that could say more. */
export const NO_SUCH_BUCKET: readonly string[] = ["NoSuchBucket", "NotFound"];

export const EXPIRED: readonly string[] = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];

/** Refused by the SDK itself, before any request. */
const REFUSED_BY_SDK = ["EndpointError", "InvalidBucketName"];

/** Thrown by the SDK's credential providers, before any request. */
const NO_CREDENTIALS = ["CredentialsProviderError", "ProviderError", "TokenProviderError"];

const CODES: Record<Exclude<AwsErrorKind, "WrongRegion" | "NotYetVisible">, readonly string[]> = {
  // The target of access logs may be made a moment later: one kubectl apply can hold both buckets.
  NotFound: [
    ...ABSENT,
    ...NO_SUCH_BUCKET,
    "InvalidTargetBucketForLogging",
    "NoSuchKey",
    "NoSuchUpload",
    "NoSuchVersion",
  ],
  AccessDenied: ["AccessDenied", "AccessDeniedException", "AccountProblem", "AllAccessDisabled", "NotSignedUp"],
  Credentials: [
    ...EXPIRED,
    ...NO_CREDENTIALS,
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidIdentityTokenException",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
  ],
  Throttled: [
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
  ],
  Conflict: [
    "ConcurrentModification",
    "ConcurrentModificationException",
    "ConditionalRequestConflict",
    "ConflictException",
    "EntityTemporarilyUnmodifiable",
    "EntityTemporarilyUnmodifiableException",
    "KMSInvalidStateException",
    "OperationAborted",
  ],
  Quota: ["LimitExceeded", "LimitExceededException", "ServiceQuotaExceededException", "TooManyBuckets"],
  // IAM's DeleteConflict: the role still has policies or instance profiles.
  NotEmpty: ["BucketNotEmpty", "DeleteConflict", "DeleteConflictException"],
  AlreadyExists: [
    "AlreadyExistsException",
    "BucketAlreadyExists",
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "ResourceInUseException",
  ],
  AlreadyOwned: ["BucketAlreadyOwnedByYou"],
  // Every other 400 too, by its status.
  Invalid: [...REFUSED_BY_SDK, "InvalidBucketState"],
  Unsupported: [
    "MethodNotAllowed",
    "NotImplemented",
    "UnsupportedArgument",
    "UnsupportedOperation",
    "UnsupportedOperationException",
  ],
  Aborted: ["AbortError"],
  // Every 5xx and broken connection too.
  Unavailable: ["RequestTimeout", "RequestTimeoutException", "TimeoutError"],
};

export const KINDS: ReadonlyMap<string, AwsErrorKind> = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind as AwsErrorKind] as const)),
);

/** Named so by the SDK without any answer from AWS. */
export const WITHOUT_ANSWER: readonly string[] = [...REFUSED_BY_SDK, ...NO_CREDENTIALS, ...CODES.Aborted];

/** The bucket is in another region than the one that was asked, or would be. */
export const WRONG_REGION: readonly string[] = [
  "IllegalLocationConstraintException",
  "InvalidLocationConstraint",
  "PermanentRedirect",
];

/** Signed for another region than the endpoint's; S3's answer says which. */
export const MALFORMED_AUTHORIZATION = "AuthorizationHeaderMalformed";

/** Of EKS. The message tells whether a role is unknown. */
export const INVALID_PARAMETER = "InvalidParameterException";

/** Of S3, IAM and KMS. The message tells whether a principal is unknown or the document wrong. */
export const MALFORMED_POLICY: readonly string[] = [
  "MalformedPolicy",
  "MalformedPolicyDocument",
  "MalformedPolicyDocumentException",
];

/** The SDK's name for an answer without a body, such as any of HeadBucket's errors except 404. */
export const NO_CODE = "Unknown";
