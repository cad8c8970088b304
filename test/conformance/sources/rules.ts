/** Where rules come from, by the beginnings of their messages. See row.ts. */
import { aws, FACTS, iamApi, iamGuide, kmsApi, kubernetes, s3Api, s3Guide, type Row } from "./row.ts";

const ONE_OF = "contradictory or empty: the operator could not know what is meant";

export const RULES: readonly Row[] = [
  // Names of AWS.
  {
    limits: [
      "must consist of lowercase letters, digits, '.' and '-', and must begin and end",
      "must not contain two adjacent periods",
      "must not look like an IP address",
      "must not begin with 'xn--'",
      "must not end with '-s3alias'",
      "must be the name of a bucket,",
      "must be a bucket name,",
    ],
    from: s3Guide("bucketnamingrules"),
  },
  {
    limits: ["must be the ARN of a bucket"],
    from: s3Guide("bucketnamingrules"),
    ours: "names of before 2018 with capitals or '_' cannot be addressed by host name",
  },
  { limits: ["must be an AWS region"], from: aws("global-infrastructure/latest/regions/aws-regions") },
  {
    limits: ["must be the 12 digits", "must be a 12-digit account id", "must be 12 digits"],
    from: aws("accounts/latest/reference/manage-acct-identifiers"),
  },
  {
    limits: ["must be the ARN of an IAM role,", "must be the ARN of a role,"],
    from: iamApi("CreateRole"),
    ours: "no wildcards; on an AWSAccount no ':' in the path, which could feign an account",
  },
  {
    limits: ["must be the ARN of an IAM managed policy"],
    from: iamApi("CreatePolicy"),
    ours: "no wildcards; on an AWSAccount no ':' in the path, which could feign an account",
  },
  { limits: ["must be the ARN of an IAM role or user"], from: iamGuide("reference_policies_elements_principal") },
  {
    limits: ["must be the ARN of an IAM OIDC provider"],
    from: iamApi("CreateOpenIDConnectProvider"),
    ours: "the issuer becomes part of condition keys; a trailing slash belongs to it, a query does not occur",
  },
  { limits: ["must consist of letters, digits and '_+=,.@:/-'"], from: aws("STS/latest/APIReference/API_AssumeRole") },
  { limits: ["must be the name of an EKS cluster"], from: aws("eks/latest/APIReference/API_CreateCluster") },
  {
    limits: ["must begin and end with '/'", "must consist of letters, digits and '_+=,.@-'"],
    from: iamApi("CreateRole"),
    ours: "paths go into patterns of IAM policies, so without wildcards and variables",
  },
  {
    limits: ["must be the ARN of a KMS key, such as"],
    from: kmsApi("CreateKey"),
    ours:
      "S3 also accepts key IDs and aliases. Roles of BucketAccesses need the ARN of the key; 'kmsKey.alias' takes an alias, " +
      "and an alias of another account could change the key unseen",
  },
  { limits: ["must be the ARN of a KMS key or alias"], from: s3Api("EncryptionConfiguration") },
  {
    limits: ["must be the name of a KMS alias"],
    from: kmsApi("CreateAlias"),
    ours: "managed keys get no alias of AWS, and none of another managed key",
  },
  {
    limits: ["must be the ARN of a CloudFront distribution"],
    from: aws("service-authorization/latest/reference/list_amazoncloudfront"),
  },
  { limits: ["must be the ID of a VPC endpoint"], from: aws("AWSEC2/latest/UserGuide/resource-ids") },
  {
    limits: ["must be the ID of an AWS organization"],
    from: aws("organizations/latest/APIReference/API_Organization"),
  },
  {
    limits: ["must be the ARN of a standard (not FIFO)"],
    from: s3Guide("notification-how-to-event-types-and-destinations"),
  },
  { limits: ["must be the ARN of a Lambda function"], from: aws("lambda/latest/api/API_CreateFunction") },
  {
    limits: ["must be the ARN of an access point"],
    from: s3Guide("access-points-restrictions-limitations-naming-rules"),
  },

  // Settings of S3.
  { limits: ["may not be 'Enabled' for a 'bucketName' with periods"], from: s3Guide("transfer-acceleration") },
  { limits: ["must be 'Enabled' with 'objectLock' or 'replication'"], from: s3Guide("replication-requirements") },
  {
    limits: ["must be set when 'targetBucket' is the bucket itself"],
    from: s3Guide("ServerLogs"),
    ours: "S3 advises it",
  },
  {
    limits: [
      "must be 'AES256' with 'policy.logDelivery'",
      "may not be set with 'policy.logDelivery'",
      "may not be 'Requester' with",
    ],
    from: s3Guide("enable-server-access-logging"),
    ours: "S3 accepts the setting, and the logs never arrive",
  },
  {
    limits: ["must be 'None' with 'policy.logDelivery'"],
    from: aws("config/latest/developerguide/s3-bucket-policy"),
    ours: "S3 accepts the setting, and the history never arrives",
  },
  { limits: ["may not allow '*' without conditions"], from: s3Guide("access-control-block-public-access") },
  {
    limits: ["may be set only with 'sseAlgorithm'", "must not contain 'NONE' together"],
    from: s3Api("ServerSideEncryptionByDefault"),
  },
  { limits: ["may be true only with 'sseAlgorithm'"], from: s3Guide("UsingDSSEncryption") },
  { limits: ["must be set with 'sseAlgorithm' 'aws:kms'"], from: s3Api("InventoryEncryption") },
  { limits: ["must name a key in the bucket's region"], from: s3Api("ServerSideEncryptionByDefault") },
  {
    limits: ["must set exactly one of 'days' and 'years'", "must not set both 'days' and 'years'"],
    from: s3Api("DefaultRetention"),
  },
  {
    limits: ["must be 'NotEvenRootCanDelete'", "may be set only with 'mode' 'COMPLIANCE'"],
    ours: "a confirmation of what cannot be undone",
  },
  {
    limits: [
      "must set at least one of 'transitions'",
      "must not mix 'days' and 'date'",
      "must not set both 'days' and 'date'",
      "must set exactly one of 'days', 'date'",
      "must be midnight UTC",
    ],
    from: s3Api("LifecycleRule"),
    ours: `see ${FACTS}s3-lifecycle`,
  },
  {
    limits: ["must be later than every transition", "must be greater than that of every noncurrent"],
    from: aws("AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule"),
  },
  {
    limits: [
      "each must be later than those before it",
      "GLACIER and DEEP_ARCHIVE must be at least 30 days later",
      "must not contain both ONEZONE_IA and GLACIER_IR",
      "must be at least 30 for",
    ],
    from: s3Guide("lifecycle-transition-general-considerations"),
  },
  {
    limits: ["may not be set with a filter by tags or object size"],
    from: s3Api("LifecycleExpiration"),
    ours: `see ${FACTS}s3-lifecycle`,
  },
  { limits: ["must be greater than 'objectSizeGreaterThan'"], from: s3Api("LifecycleRuleFilter") },
  { limits: ["each key must be of 1 to 128 characters"], from: s3Guide("object-tagging") },
  { limits: ["must not contain more than one '*'", "must not contain '*'; name each"], from: s3Api("CORSRule") },
  {
    limits: ["must be at least 180 for DEEP_ARCHIVE_ACCESS"],
    from: s3Api("Tiering"),
  },
  { limits: ["must consist of letters, digits, '.', '_' and '-'"], from: s3Api("PutBucketMetricsConfiguration") },
  {
    limits: ["must not use an 'id' twice", "must not contain two rules with the same 'id'"],
    from: s3Api("QueueConfiguration"),
  },
  {
    limits: [
      "must not contain two rules with the same 'priority'",
      "may not be 'Enabled' with 'filter.tags'",
      "with 'sourceSelectionCriteria.sseKmsEncryptedObjects'",
      "must be set with 'accessControlTranslation'",
      "must be 'Enabled' with 'replicationTime'",
    ],
    from: s3Guide("replication-add-config"),
  },
  {
    limits: [
      "must set exactly one of 'indexDocument'",
      "may not be set with 'errorDocument'",
      "must not contain '/'",
      "may set only one of 'replaceKeyPrefixWith'",
      "must be from '400' to '599'",
      "must be from '301' to '399'",
    ],
    from: s3Api("PutBucketWebsite"),
  },
  {
    limits: ["must be the name of a host"],
    from: s3Api("RedirectAllRequestsTo"),
    ours: "S3 puts it between '://' and the key, so a protocol in it gives no address",
  },
  {
    limits: [
      "each key must consist of 1 to 128 letters",
      "must consist of letters, digits, spaces and",
      "a key must not begin with 'aws:'",
    ],
    from: aws("awsaccountbilling/latest/aboutv2/allocation-tag-restrictions"),
    ours: "'s3-operator.io/' is for the operator's own tags",
  },

  // Bucket policy.
  {
    limits: [
      "must set exactly one of 'principals'",
      "must set exactly one of 'actions'",
      "may set only one of 'resources'",
      "must name at least one principal",
    ],
    from: iamGuide("reference_policies_grammar"),
  },
  { limits: ["may be set only with 'effect' 'Deny'"], from: iamGuide("reference_policies_elements_notprincipal") },
  {
    limits: ["must not contain '*' together"],
    ours: "the others would have no effect",
  },
  {
    limits: [
      "must be '*', a 12-digit account id",
      "must be an ARN without wildcards, such as",
      "must be a service principal",
    ],
    from: iamGuide("reference_policies_elements_principal"),
  },
  {
    limits: ["must be the ARN of a SAML or OIDC provider"],
    from: iamGuide("reference_policies_elements_principal"),
  },
  {
    limits: ["must be a canonical user ID"],
    from: aws("AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-cloudfrontoriginaccessidentity"),
    ours: "64 digits of an account, 96 of an origin access identity",
  },
  {
    limits: ["must consist of printable ASCII"],
    from: s3Guide("example-bucket-policies"),
    ours: `wider than the IAM reference: ${FACTS}s3-bucket-policies`,
  },
  { limits: ["must not begin with 'S3Operator'"], ours: "tells the operator's own statements from others" },
  { limits: ["must be an S3 action"], from: aws("service-authorization/latest/reference/list_amazons3") },
  {
    limits: ["must be '{bucket}', or"],
    from: s3Guide("bucket-policies"),
    ours: "a policy of a bucket is about that bucket; the placeholder works for a name that is not known yet",
  },
  {
    limits: ["must be an IAM condition operator"],
    from: iamGuide("reference_policies_elements_condition_operators"),
  },
  { limits: ["must be a condition key"], from: iamGuide("reference_policies_condition-keys") },
  {
    limits: ["must consist of letters, digits and '!_.()/-'", "must be an ARN without wildcards in service"],
    from: s3Guide("object-keys"),
    ours: "goes into statements of the operator, so without wildcards and variables that widen them",
  },

  // Permissions of BucketAccesses.
  { limits: ["must be at most 1,024 bytes in UTF-8"], from: s3Guide("object-keys") },
  { limits: ["must consist of printable characters from U+0020"], from: iamApi("PutRolePolicy") },
  {
    limits: ["must end with '/'", "must not begin with '/'"],
    ours: "a prefix grants a folder; without '/' it would grant its neighbours",
  },
  {
    limits: ["must be an exact subject", "must be an exact audience"],
    from: iamGuide("reference_policies_iam-condition-keys"),
    ours: "compared exactly; wildcards and variables would widen the trust",
  },

  // Kubernetes.
  {
    limits: [
      "must be the name of an AWSAccount",
      "must be the name of an S3Bucket",
      "must be the name of a namespace",
      "must be the name of a ServiceAccount",
      "must be the name of a ConfigMap",
    ],
    from: kubernetes("overview/working-with-objects/names"),
  },
  {
    limits: ["must be set with 'In' and 'NotIn'", "must be a label value", "each key must be a qualified name"],
    from: kubernetes("overview/working-with-objects/labels"),
  },
  { limits: ["each key must consist of 1 to 253"], from: kubernetes("configuration/configmap") },

  // The operator's own.
  {
    limits: ["may not be changed", "may not change between", "may not set or remove 'accountRef'"],
    ours: "another bucket or role: the former one would be left behind",
  },
  {
    limits: [
      "must set exactly one of 'arn', 'alias' and 'managed'",
      "must set 'sseAlgorithm', 'blockedEncryptionTypes' or both",
      "must set exactly one of 'names' and 'selector'",
      "must set 'template', 'allowedPatterns' or both",
      "must set exactly one of 'bucketRef' and 'bucket'",
      "must set exactly one of 'serviceAccountRefs'",
      "must set exactly one of 'simplePrefix'",
      "must set 'keyPrefixEquals'",
      "must set at least one of 'hostName'",
    ],
    ours: ONE_OF,
  },
  {
    limits: [
      "must set 'prefix', 'suffix' or both",
      "must set 'prefix', 'tags' or both",
      "must set at least one of 'prefix', 'tags' and 'not'",
      "must set at least one of 'prefix', 'tags' and 'accessPointArn'",
    ],
    ours: "an empty filter may be a misspelt one that the API server pruned; an empty prefix says the same",
  },
  {
    limits: ["each must have an 'id' with 'unmanagedRules' 'Keep'"],
    ours: "the ID tells the spec's rules from others",
  },
  {
    limits: [
      "must name a role in the account",
      "must name an OIDC provider in the account",
      "must name a policy in the account",
      "must contain '{name}' or '{hash}'",
      "must consist of lowercase letters, digits, '.', '-' and the placeholders",
      "must consist of lowercase letters, digits, '.', '-', the wildcards",
      "must be a pattern",
      "must be set with 'type'",
      "a key must not be of s3-operator.io",
      "may be set only with 'bucket",
      "may set 'identity' and 'annotateServiceAccount' only",
      "must not be set with 'principals'",
      "may set only 'policyArns'",
      "may be 'Shared' only",
      "may be true only with 'identity'",
      "must not be set together with 'type'",
      "must not be set with 'type' 'Shared'",
    ],
    ours: "relations of the operator's own fields",
  },
];
