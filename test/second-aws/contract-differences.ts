/**
 * The contract tests of the simulator (test/aws/contract) that fail on LocalStack, by kind, with the reason. A test
 * fails
 * for a difference without a row, and for a row without a difference.
 */

interface Kind {
  kind: string;
  /** Who does what AWS does. Where LocalStack was right, the simulator was mended, and there is no row. */
  right: "Simulator" | "Undecided";
  why: string;
  source: string;
  /** Full names of tests, by file without `.test.ts`. */
  tests: Readonly<Record<string, readonly string[]>>;
}

/** Files whose tests all need what only the simulator has. */
export const SIMULATOR_ONLY: Readonly<Record<string, string>> = {
  "eks-and-oidc": "LocalStack has no EKS without a licence; the providers are made for the cluster's issuer",
  emptying: "fills buckets with 100,000 versions without a call, and denies calls by a switch",
  "managed-policies": "needs evaluated policies, and tokens of an issuer",
  "object-access": "needs evaluated policies, and tokens of an issuer",
  "object-permissions": "needs evaluated policies, and tokens of an issuer",
  "outside-callers": "needs evaluated policies, and accounts made without a call",
  "web-identity": "needs evaluated policies, and tokens of an issuer",
  "website-endpoint": "needs the simulator's host for websites",
  workloads: "needs evaluated policies, and tokens of an issuer",
};

export const DIFFERENCES: readonly Kind[] = [
  {
    kind: "LocalStack accepts what AWS refuses",
    right: "Simulator",
    why: "It checks fewer documents, names, limits, principals, regions and owners than AWS does.",
    source: "test/aws/FACTS.md and the links beside the code of the simulator, for each of the checks",
    tests: {
      "post-object": ["a POST without the fields of a signature is refused, and one that is no form"],
      "account-sts-kms": ["STS each service has its own error code for an unknown access key"],
      "bucket-acl": [
        "while ACLs are disabled, every PutBucketAcl is refused",
        "ACLs are not disabled while the ACL grants access to others",
        "grants in the document are stored; the owner's own are not access of others",
        "a public ACL is refused while Block Public Access blocks public ACLs",
      ],
      bucket: [
        "CreateBucket CreateBucket refuses the name xn--name",
        "CreateBucket CreateBucket refuses the name name-s3alias",
        "HeadBucket HeadBucket from another region answers 301 with the bucket's region in a header",
        "ExpectedBucketOwner ExpectedBucketOwner accepts the owner and refuses another account with 403",
        "other calls from another region answer 301 PermanentRedirect",
        "DeleteBucket DeleteBucket fails while uploads are in progress",
      ],
      configurations: [
        "IntelligentTiering configurations the ID of a IntelligentTiering configuration has at most 64 characters: letters, digits and ._-",
        "Metrics configurations a Metrics configuration needs the ID of its document and an existing bucket",
        "Metrics configurations the ID of a Metrics configuration has at most 64 characters: letters, digits and ._-",
        "Analytics configurations the ID of a Analytics configuration has at most 64 characters: letters, digits and ._-",
        "1 refuses with { noun: 'IntelligentTiering', …(5) }: MalformedXML",
        "2 refuses with { noun: 'IntelligentTiering', …(5) }: MalformedXML",
        "3 refuses with { noun: 'IntelligentTiering', …(5) }: InvalidArgument",
        "4 refuses with { noun: 'IntelligentTiering', …(5) }: InvalidArgument",
        "5 refuses with { noun: 'IntelligentTiering', …(5) }: InvalidArgument",
        "6 refuses with { noun: 'IntelligentTiering', …(5) }: InvalidArgument",
        "7 refuses with { noun: 'Metrics', …(5) }: MalformedXML",
        "14 refuses with { noun: 'Analytics', …(5) }: MalformedXML",
      ],
      "cors-and-tags": [
        "CORS CORS rules with two wildcards in an origin are refused",
        "CORS CORS rules with a wildcard in an exposed header are refused",
        "CORS CORS rules with a rule without origins are refused",
        "tags a bucket has at most 50 tags",
        "tags tags with a key of 129 characters are refused",
        "tags tags with a value of 257 characters are refused",
      ],
      "iam-roles": [
        "CreateRole and GetRole role names are unique regardless of letter case, and a new role has a new unique ID",
        "CreateRole and GetRole CreateRole refuses a name of 65 characters with ValidationError",
        "CreateRole and GetRole CreateRole refuses a name with a slash with ValidationError",
        "CreateRole and GetRole CreateRole refuses a path without a trailing slash with ValidationError",
        "CreateRole and GetRole CreateRole refuses a session of more than 12 hours with ValidationError",
        "CreateRole and GetRole CreateRole refuses a description of 1,001 characters with ValidationError",
        "CreateRole and GetRole CreateRole refuses a tag key with the prefix aws: with InvalidInputException",
        "CreateRole and GetRole CreateRole refuses no statement with MalformedPolicyDocumentException",
        "CreateRole and GetRole CreateRole refuses trust in a missing role with MalformedPolicyDocumentException",
        "CreateRole and GetRole CreateRole refuses trust in an unknown service with MalformedPolicyDocumentException",
        "CreateRole and GetRole CreateRole refuses a trust policy of more than 2,048 characters with LimitExceededException",
        "policies of a role inline policies have at most 10,240 characters together, without white space",
        "policies of a role an inline policy with a principal is refused with MalformedPolicyDocument",
        "policies of a role an inline policy with a condition key without a service is refused with MalformedPolicyDocument",
        "policies of a role an inline policy with a Sid with a space is refused with MalformedPolicyDocument",
        "policies of a role an inline policy with a character beyond U+00FF is refused with MalformedPolicyDocument",
        "calls to IAM IAM requests are signed for us-east-1",
      ],
      "kms-keys": [
        "rotation key rotation is off at first, and enabled with a period of 365 days or a given one",
        "tags a key has at most 50 tags, and a request names each tag key once",
        "objects with a KMS key objects cannot be written or read while their key is not enabled",
        "objects with a KMS key a bucket accepts a missing key as its default, but objects cannot be written with it",
      ],
      lifecycle: [
        "invalid lifecycle rules a lifecycle configuration with Standard-IA before day 30 is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with One Zone-IA for noncurrent versions before day 30 is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with a colder class before a warmer one is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with Glacier within 30 days of Standard-IA is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with One Zone-IA within 30 days of Standard-IA is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with Standard-IA at once is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with a transition by days and by date is refused with MalformedXML",
        "invalid lifecycle rules a lifecycle configuration with a repeated storage class is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with expiration that is not after the last transition is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with days and a date in one action is refused with MalformedXML",
        "invalid lifecycle rules a lifecycle configuration with days and dates in one rule is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with expiration on day 0 is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with a repeated ID is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with an ID of 256 characters is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with 1,001 rules is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with a rule without an action is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with And with one predicate is refused with MalformedXML",
        "invalid lifecycle rules a lifecycle configuration with object sizes that exclude each other is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with expiration of delete markers by tag is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with abort of uploads by object size is refused with InvalidRequest",
        "invalid lifecycle rules a lifecycle configuration with 101 newer noncurrent versions is refused with InvalidArgument",
        "invalid lifecycle rules a lifecycle configuration with an unknown status is refused with MalformedXML",
      ],
      "logging-and-notifications": [
        "logging logging with no prefix is refused with MalformedXML",
        "logging logging with two key formats is refused with MalformedXML",
        "logging logging with an unknown date source is refused with MalformedXML",
        "notifications notifications with a destination in another region are refused",
        "notifications notifications with a FIFO queue are refused",
        "notifications notifications with an unknown event are refused",
        "notifications notifications with no event are refused",
        "notifications notifications with a repeated ID are refused",
        "notifications notifications with overlapping prefixes for one event are refused",
        "notifications notifications with overlapping suffixes and prefixes are refused",
      ],
      "object-lock": [
        'object lock of a bucket object lock refuses the default retention {"Mode":"GOVERNANCE","Days":0}',
        'object lock of a bucket object lock refuses the default retention {"Mode":"GOVERNANCE","Days":36501}',
        'object lock of a bucket object lock refuses the default retention {"Mode":"GOVERNANCE","Years":101}',
      ],
      objects: [
        "object tags tags are written with the object or later, read and deleted",
        "ACLs with ACLs disabled, only bucket-owner-full-control is accepted",
        "ACLs with ACLs enabled, Block Public Access still refuses public ACLs",
      ],
      policy: [
        "malformed policies a policy with a missing role is refused with MalformedPolicy",
        "malformed policies a policy with a wildcard in a principal's ARN is refused with MalformedPolicy",
        "malformed policies a policy with an unknown principal type is refused with MalformedPolicy",
        "malformed policies a policy with a resource of another bucket is refused with MalformedPolicy",
        "malformed policies a policy with a bucket name that begins with this one is refused with MalformedPolicy",
        "malformed policies a policy with an action of another service is refused with MalformedPolicy",
        "malformed policies a policy with an object action without an object resource is refused with MalformedPolicy",
        "malformed policies a policy with a bucket action without a bucket resource is refused with MalformedPolicy",
        "malformed policies a policy with an unknown condition operator is refused with MalformedPolicy",
        "malformed policies a policy with an unknown condition key is refused with MalformedPolicy",
        "malformed policies a policy with an unknown field is refused with MalformedPolicy",
        "malformed policies a policy with no effect is refused with MalformedPolicy",
        "malformed policies a policy with no principal is refused with MalformedPolicy",
        "malformed policies a policy document with no statement is refused with MalformedPolicy",
        "malformed policies a policy document with an unknown version is refused with MalformedPolicy",
        "malformed policies a policy document with more than 20,480 bytes is refused with MalformedPolicy",
        "public policies BlockPublicPolicy refuses public policies, which GetBucketPolicyStatus reports otherwise",
        "principals the principal arn:aws:iam::555566667777:root does not exist",
        "principals the principal arn:aws:iam::222233334444:user/nobody does not exist",
        "principals the principal arn:aws:sts::222233334444:assumed-role/nobody/session does not exist",
        "principals the principal arn:aws:iam::cloudfront:user/nobody does not exist",
        'actions s3:ListBucketMultipartUploads is refused on resources that end in ["/*"]: Action does not apply to any resource(s) in statement',
        'actions s3:ListBucket* is refused on resources that end in ["/*"]: Action does not apply to any resource(s) in statement',
        'actions s3:RestoreObject is refused on resources that end in [""]: Action does not apply to any resource(s) in statement',
        'actions s3:ListAllMyBuckets is refused on resources that end in ["","/*"]: Action does not apply to any resource(s) in statement',
        'actions s3:GetObjects is refused on resources that end in ["/*"]: Policy has invalid action',
        'actions s3:Fetch* is refused on resources that end in ["/*"]: Policy has invalid action',
      ],
      replication: ["replication is absent at first, reads back as written, and is absent after deletion"],
    },
  },
  {
    kind: "LocalStack does not implement it",
    right: "Simulator",
    why: "It has no GetBucketPolicyStatus and no ABAC. Its GetKeyPolicy and PutKeyPolicy insist on the parameter PolicyName, which has a default at AWS.",
    source:
      "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html, https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html",
    tests: {
      "defaults-and-absence": ["a new bucket a missing configuration answers 404 with its own code: 3"],
      "kms-key-policy": [
        "key policies the default key policy allows the account's root everything",
        "key policies CreateKey accepts a key policy",
        "key policies a key policy with text that is not JSON is refused with MalformedPolicyDocumentException",
        "key policies a key policy with no statement is refused with MalformedPolicyDocumentException",
        "key policies a key policy with no principal is refused with MalformedPolicyDocumentException",
        "key policies a key policy with a missing role is refused with MalformedPolicyDocumentException",
        "key policies a key policy with no permission for the caller to change the policy again is refused with MalformedPolicyDocumentException",
        "key policies a key policy with a condition on the permission to change the policy again is refused with MalformedPolicyDocumentException",
        "key policies a key policy with more than 32 KiB is refused with LimitExceededException",
        "key policies the lockout check can be bypassed; other policy names and AWS managed keys are refused",
      ],
      "other-settings": ["ABAC ABAC is disabled at first, and while it is enabled only S3 Control changes tags"],
      policy: [
        "public policies a policy for all principals of one organization: public is false",
        "public policies a policy for an organization with a wildcard: public is true",
        "public policies a policy for all principals from one source ARN: public is false",
        "public policies a policy for all principals with a referer: public is true",
        "public policies a policy for a service: public is false",
        "public policies a policy for a Deny for all principals: public is false",
        "public policies a policy for the AWS principal *: public is true",
      ],
    },
  },
  {
    kind: "LocalStack knows an older model of the API",
    right: "Simulator",
    why: "Its list of optional inventory fields has no LifecycleExpirationDate, and its object lock no default event hold; it answers MalformedXML before it looks at anything else.",
    source:
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html, https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html",
    tests: {
      configurations: [
        "Inventory configurations Inventory configurations are written, read, listed by ID and deleted",
        "Inventory configurations reading Inventory configurations needs s3:Get…, and writing them s3:Put…",
        "Inventory configurations a bucket has at most 1,000 Inventory configurations, listed in pages of 100",
        "Inventory configurations a Inventory configuration needs the ID of its document and an existing bucket",
        "Inventory configurations the ID of a Inventory configuration has at most 64 characters: letters, digits and ._-",
        "8 refuses with { noun: 'Inventory', …(5) }: InvalidS3DestinationBucket",
        "9 refuses with { noun: 'Inventory', …(5) }: InvalidS3DestinationBucket",
      ],
      "object-lock": [
        "object lock of a bucket the default event hold reads back as written, and a rule without it removes it",
      ],
    },
  },
  {
    kind: "Both refuse, with different errors",
    right: "Simulator",
    why: "LocalStack answers InternalError where its code throws, or another status; it refuses lifecycle rules without an ID, which AWS generates.",
    source:
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
    tests: {
      lifecycle: [
        "missing rule IDs are generated",
        "invalid lifecycle rules a lifecycle configuration with no rules is refused with MalformedXML",
      ],
      listings: ["pages ListObjectsV2 continues with a token, and starts after a key"],
      multipart: ["an object of several parts its parts are read by number"],
      objects: ["archived objects an archived object is read after its restore, until that ends"],
      "other-settings": ["website a website with 51 routing rules is refused with InvalidRequest"],
    },
  },
  {
    kind: "Both answer, with different values",
    right: "Simulator",
    why: "LocalStack keeps defaults of before 2023 (no blocked SSE-C, no BucketKeyEnabled), stores principals and policies as they are written, answers DELETE of metrics with 200, has no AWS managed keys, and reports the rotation of keys pending deletion.",
    source:
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetricsConfiguration.html, https://docs.aws.amazon.com/AmazonS3/latest/API/API_BlockedEncryptionTypes.html, https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html",
    tests: {
      "account-sts-kms": ["KMS keys the key of alias/aws/s3 is created on first use, and the alias is reserved"],
      "bucket-acl": ["a canned ACL replaces all grants"],
      configurations: ["Metrics configurations Metrics configurations are written, read, listed by ID and deleted"],
      "defaults-and-absence": [
        "a new bucket a new bucket blocks public access, ACLs and SSE-C, uses SSE-S3, and has no versioning",
        "encryption encryption reads back as written, with any KMS key, and deletion resets it to SSE-S3",
        "encryption encryption has one rule, whose bucket key defaults to false",
      ],
      "iam-roles": [
        "changes of a role a trust policy stores roles by unique ID, and accounts by root ARN",
        "changes of a role role tags are changed one by one, and their keys ignore letter case",
      ],
      "kms-keys": [
        "rotation key rotation is refused for disabled keys, keys pending deletion and AWS managed keys",
        "lists of keys and aliases ListAliases filters by key, and an alias cannot be moved to a key pending deletion",
      ],
      listings: [
        "ListObjects no keys are asked for",
        "ListObjectsV2 no keys are asked for",
        "other listings ListObjectVersions rolls up keys as well",
      ],
      policy: [
        "policies that S3 rewrites a policy reads back with root ARNs, without lists of one element, and with booleans as strings",
        "principals the error for an invalid principal names it, one at a time",
      ],
    },
  },
  {
    kind: "No source decides",
    right: "Undecided",
    why: "The form of a space in encoded keys (the SDK decodes both), the code for 51 tags and for a rule with Filter and Prefix; the order of the parameters of a form's redirect, and the escape of quotation marks in its errors. The operator reads each pair alike, and sends no form.",
    source: "unsourced, assumed: AWS documents none of them",
    tests: {
      "post-object": [
        "a form answers as its fields ask",
        "the policy of a form limits each field, and allows no other",
      ],
      "iam-roles": ["CreateRole and GetRole CreateRole refuses 51 tags with LimitExceededException"],
      lifecycle: [
        "invalid lifecycle rules a lifecycle configuration with Filter and legacy Prefix is refused with InvalidRequest",
      ],
      listings: [
        "ListObjects encoding-type encodes keys, prefixes and delimiters",
        "ListObjectsV2 encoding-type encodes keys, prefixes and delimiters",
      ],
    },
  },
  {
    kind: "It follows from another difference",
    right: "Simulator",
    why: "LocalStack suspended the versioning of a bucket that replicates, which AWS refuses; the later tests of that file use the bucket.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html",
    tests: {
      replication: [
        "a replication rule can exclude objects, and use the related multi-Region key",
        "missing replication rule IDs are generated, and the call also needs iam:PassRole",
        "replication needs versioning on both buckets, and a missing destination answers the same",
        "replication with no rule is refused with MalformedXML",
        "replication with an unknown status is refused with MalformedXML",
        "replication with a destination that is not an ARN is refused with InvalidArgument",
        "replication with two predicates in Not is refused with MalformedXML",
        "replication with an empty Not is refused with MalformedXML",
        "replication refuses a role that is not a role ARN",
      ],
    },
  },
];
