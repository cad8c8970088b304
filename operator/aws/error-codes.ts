import { INVALID } from "./invalid-codes.ts";

/**
 * AWS's error codes by kind, also those with a status of another meaning: S3 answers 403 to some invalid requests. No
 * other file compares codes. A test checks that each error in the models of the SDK has a kind.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, the "Errors" of each KMS, STS, IAM, EKS and S3
 * Control API page, and the SDK's own lists.
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

/** A read finds that the configuration is not set. The bucket exists. */
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
  // The spelling in answers of S3.
  "CrossLocationLoggingProhibitted",
  "InvalidTargetBucketForLogging",
];

/** Thrown by answers/middleware.ts for a successful answer with another document than the one requested. */
export const NOT_THE_ANSWER = "NotTheAnswer";
/** The same for the list of objects, which stores return if they do not know the subresource. */
export const SUBRESOURCE_IGNORED = "SubresourceIgnored";

export const EXPIRED: readonly string[] = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];

/** Refusals of S3 with a meaning that depends on the setting: see bucket/refusals.ts. Their kind is Invalid. */
export const REFUSAL = {
  bucketAcl: "InvalidBucketAclWithObjectOwnership",
  bucketState: "InvalidBucketState",
  configurations: "TooManyConfigurations",
  request: "InvalidRequest",
} as const;

/** Refused by the SDK itself, before any request. */
const REFUSED_BY_SDK = ["EndpointError", "InvalidBucketName"];

/** Thrown by the SDK's credential providers, before any request. */
const NO_CREDENTIALS = ["CredentialsProviderError", "ProviderError", "TokenProviderError"];

/** The signature is for another region than the endpoint's. S3 names the right one. */
export const MALFORMED_AUTHORIZATION = "AuthorizationHeaderMalformed";

/** EKS. The message tells whether a role is unknown. */
export const INVALID_PARAMETER = "InvalidParameterException";

/** S3, IAM and KMS. The message tells whether a principal is unknown or the document is invalid. */
export const MALFORMED_POLICY: readonly string[] = [
  "MalformedPolicy",
  "MalformedPolicyDocument",
  "MalformedPolicyDocumentException",
];

/** Query protocol. The message tells whether MinIO does not support the action. */
export const INVALID_VALUE = "InvalidParameterValue";

/** By kind. The message or another part of the answer can say more, see errors.ts. */
export const CODES: Record<Exclude<AwsErrorKind, "NotYetVisible">, readonly string[]> = {
  NotFound: [...ABSENT, NO_SUCH_BUCKET, "NoSuchAnnotation", "NoSuchKey", "NoSuchUpload", "NoSuchVersion"],
  // Only these: S3 also answers 403 to errors that are no denial, such as InvalidObjectState.
  AccessDenied: [
    "AccessDenied",
    "AccessDeniedException",
    "AccountProblem",
    "AllAccessDisabled",
    "NotAuthorized",
    "NotSignedUp",
    "OptInRequired",
    // S3 in China.
    "UnauthorizedAccess",
    "UnauthorizedAccessError",
  ],
  Credentials: [
    ...EXPIRED,
    ...NO_CREDENTIALS,
    MALFORMED_AUTHORIZATION,
    "ExpiredTradeInTokenException",
    "IDPRejectedClaim",
    "IDPRejectedClaimException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidIdentityTokenException",
    "InvalidSecurity",
    "InvalidSignatureException",
    "InvalidSubjectCredentials",
    "InvalidSubjectCredentialsException",
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
    "CredentialReportNotReadyException",
    "KMSInvalidStateException",
    "OperationAborted",
    "ReportInProgress",
    "ResourcePropagationDelayException",
    "RoleModified",
    "RoleModifiedException",
  ],
  // The bucket is in another region than the endpoint, or its location constraint is, or the region is not enabled.
  WrongRegion: [
    "IllegalLocationConstraintException",
    "InvalidLocationConstraint",
    "PermanentRedirect",
    "RegionDisabledException",
  ],
  Quota: [
    "AnnotationLimitExceeded",
    "LimitExceeded",
    "LimitExceededException",
    "ReportGenerationLimitExceeded",
    "ReportGenerationLimitExceededException",
    "ResourceLimitExceededException",
    "ServiceQuotaExceededException",
    "TooManyBuckets",
  ],
  // DeleteConflict of IAM: the role still has policies or instance profiles.
  NotEmpty: ["BucketNotEmpty", "DeleteConflict", "DeleteConflictException"],
  AlreadyExists: [
    "AlreadyExists",
    "AlreadyExistsException",
    "BucketAlreadyExists",
    "DuplicateCertificate",
    "DuplicateCertificateException",
    "DuplicateSSHPublicKey",
    "DuplicateSSHPublicKeyException",
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "ResourceInUseException",
  ],
  AlreadyOwned: ["BucketAlreadyOwnedByYou"],
  DestinationRefused: LOG_TARGET,
  // Every unlisted 4xx too, by its status.
  Invalid: [
    ...INVALID,
    ...MALFORMED_POLICY,
    ...REFUSED_BY_SDK,
    ...Object.values(REFUSAL),
    INVALID_PARAMETER,
    INVALID_VALUE,
  ],
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
  Unavailable: [
    NOT_THE_ANSWER,
    "DependencyTimeout",
    "DependencyTimeoutException",
    "IDPCommunicationError",
    "IDPCommunicationErrorException",
    "InternalServiceException",
    "KeyUnavailable",
    "KeyUnavailableException",
    "KMSInternal",
    "KMSInternalException",
    "OpenIdIdpCommunicationError",
    "OpenIdIdpCommunicationErrorException",
    "PolicyEvaluation",
    "PolicyEvaluationException",
    "RequestAbortedException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServerException",
    "ServiceFailure",
    "ServiceFailureException",
    "ServiceUnavailableException",
    "TimeoutError",
  ],
};

export const KINDS: ReadonlyMap<string, AwsErrorKind> = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind as AwsErrorKind] as const)),
);

/** Names that the SDK gives to errors without an answer from AWS. */
export const WITHOUT_ANSWER: readonly string[] = [...REFUSED_BY_SDK, ...NO_CREDENTIALS, ...CODES.Aborted];

/** The SDK's names for an error without a code, as of HeadBucket, which has no body. */
export const NO_CODE = "Unknown";
export const NO_CODE_404 = "NotFound";

/** Names of errors for answers that the SDK cannot read, or that are another document. */
export const UNREADABLE: ReadonlySet<string> = new Set([
  NOT_THE_ANSWER,
  "Error",
  "RangeError",
  "SyntaxError",
  "TypeError",
]);

/** Names of errors that do not come from an answer. */
export const WITHOUT_CODE: ReadonlySet<string> = new Set([...UNREADABLE, SUBRESOURCE_IGNORED, NO_CODE, NO_CODE_404]);
