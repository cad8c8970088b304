/**
 * AWS's error codes, sorted by what to do about them. No other file compares codes.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, the "Errors" of each KMS, STS, IAM and EKS
 * API page, and the SDK's own lists.
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
  | "DestinationRefused"
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
  "NoSuchObjectLockConfiguration",
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

export const NO_SUCH_BUCKET = "NoSuchBucket";

/** The target of access logs does not exist, is in another account or region, or does not let S3 write. */
const LOG_TARGET = [
  "CrossLocationLoggingProhibited",
  // Spelled so in the answers of S3.
  "CrossLocationLoggingProhibitted",
  "InvalidTargetBucketForLogging",
];

/** Given by answers/middleware.ts to an answer of success that is another document than the one asked for. */
export const NOT_THE_ANSWER = "NotTheAnswer";
/** Likewise, where it is the list of objects, as stores answer that do not know the subresource. */
export const SUBRESOURCE_IGNORED = "SubresourceIgnored";

export const EXPIRED: readonly string[] = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];

/** S3 refuses to suspend versioning while object lock or replication needs it. */
export const INVALID_BUCKET_STATE = "InvalidBucketState";

/** Refused by the SDK itself, before any request. */
const REFUSED_BY_SDK = ["EndpointError", "InvalidBucketName"];

/** Thrown by the SDK's credential providers, before any request. */
const NO_CREDENTIALS = ["CredentialsProviderError", "ProviderError", "TokenProviderError"];

const CODES: Record<Exclude<AwsErrorKind, "WrongRegion" | "NotYetVisible">, readonly string[]> = {
  NotFound: [...ABSENT, NO_SUCH_BUCKET, "NoSuchKey", "NoSuchUpload", "NoSuchVersion"],
  // Only these: S3 answers 403 to much that is no denial, such as InvalidObjectState.
  AccessDenied: [
    "AccessDenied",
    "AccessDeniedException",
    "AccountProblem",
    "AllAccessDisabled",
    "NotAuthorized",
    "NotSignedUp",
    "OptInRequired",
  ],
  Credentials: [
    ...EXPIRED,
    ...NO_CREDENTIALS,
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidIdentityTokenException",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
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
  DestinationRefused: LOG_TARGET,
  // Every other 4xx too, by its status.
  Invalid: [...REFUSED_BY_SDK, INVALID_BUCKET_STATE],
  Unsupported: [
    SUBRESOURCE_IGNORED,
    "InvalidAction",
    "MethodNotAllowed",
    "NotImplemented",
    "UnknownOperation",
    "UnknownOperationException",
    "UnsupportedArgument",
    "UnsupportedOperation",
    "UnsupportedOperationException",
  ],
  Aborted: ["AbortError"],
  // Every 5xx and broken connection too.
  Unavailable: [NOT_THE_ANSWER, "RequestTimeout", "RequestTimeoutException", "TimeoutError"],
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

/** Of the query protocol. The message tells whether it is MinIO that does not know the action. */
export const INVALID_VALUE = "InvalidParameterValue";

/** The SDK's names for an answer without a code, such as HeadBucket's, which has no body. */
export const NO_CODE = "Unknown";
export const NO_CODE_404 = "NotFound";

/** What names an error where the SDK cannot read an answer, or where it is read and is another one. */
export const UNREADABLE: ReadonlySet<string> = new Set([
  NOT_THE_ANSWER,
  "Error",
  "RangeError",
  "SyntaxError",
  "TypeError",
]);

/** Names of errors that no answer has in it. */
export const WITHOUT_CODE: ReadonlySet<string> = new Set([...UNREADABLE, SUBRESOURCE_IGNORED, NO_CODE, NO_CODE_404]);
