/** Where lengths, counts and ranges of the CRDs come from. See row.ts. */
import { aws, FACTS, iamApi, iamGuide, kmsApi, kubernetes, s3Api, s3Guide, type Row } from "./row.ts";

const CEL_BUDGET = "rules about the items must stay within the API server's cost budget for CEL";

export const BOUNDS: readonly Row[] = [
  // Names and numbers of AWS.
  {
    limits: ["S3Bucket bucketName", "S3Bucket logging.targetBucket", "BucketAccess bucket.name"],
    from: s3Guide("bucketnamingrules"),
    ours: "buckets of before 2018 with longer names in us-east-1 cannot be addressed by host name",
  },
  { limits: ["* region", "BucketAccess bucket.region"], ours: "room for any region's code; the form keeps hosts safe" },
  {
    limits: ["* accountId", "* *.accountId", "* *ccounts[]", "S3Bucket *.account", "S3Bucket *.bucketAccountId"],
    from: aws("accounts/latest/reference/manage-acct-identifiers"),
  },
  {
    limits: [
      "* *oleArn",
      "* role.arn",
      "* *.permissionsBoundaryArn",
      "BucketAccess *.policyArns[]",
      "BucketAccess principals[]",
    ],
    from: iamGuide("reference_iam-quotas"),
  },
  { limits: ["AWSAccount assumeRole.externalId"], from: aws("STS/latest/APIReference/API_AssumeRole") },
  { limits: ["* *.oidcProviderArn", "* *.providerArn"], from: iamApi("CreateOpenIDConnectProvider") },
  {
    limits: ["BucketAccess webIdentity.subjects[]", "BucketAccess webIdentity.audience"],
    from: iamApi("CreateOpenIDConnectProvider"),
  },
  { limits: ["AWSAccount workloadIdentity.clusterName"], from: aws("eks/latest/APIReference/API_CreateCluster") },
  { limits: ["AWSAccount iam.rolePath"], from: iamGuide("reference_iam-quotas") },
  {
    limits: ["AWSAccount iam.rolePrefix"],
    from: iamGuide("reference_iam-quotas"),
    ours: "names have 64 characters; the rest is for the object's name and a hash",
  },
  { limits: ["* *kmsKeyArn", "S3Bucket encryption.kmsKey.arn"], ours: "room for any key ARN of AWS" },
  { limits: ["S3Bucket encryption.kmsKey.*alias"], from: kmsApi("CreateAlias") },
  {
    limits: ["S3Bucket *.replicaKmsKeyArn"],
    from: kmsApi("CreateAlias"),
    ours: "the ARN of an alias is longer than the alias",
  },
  { limits: ["S3Bucket encryption.kmsKey.managed.rotationPeriodInDays"], from: kmsApi("EnableKeyRotation") },
  { limits: ["S3Bucket encryption.kmsKey.managed.deletionWindowInDays"], from: kmsApi("ScheduleKeyDeletion") },
  { limits: ["S3Bucket *.queueArn"], from: aws("AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues") },
  { limits: ["S3Bucket *.topicArn"], from: aws("sns/latest/api/API_CreateTopic") },
  { limits: ["S3Bucket *.lambdaFunctionArn"], from: aws("lambda/latest/api/API_CreateFunction") },
  { limits: ["S3Bucket *.accessPointArn"], from: s3Guide("access-points-restrictions-limitations-naming-rules") },
  { limits: ["S3Bucket *.destination.bucket", "S3Bucket *.dataExport.bucket"], from: s3Guide("bucketnamingrules") },
  { limits: ["S3Bucket policy.vpcEndpoints[]"], from: aws("AWSEC2/latest/APIReference/API_VpcEndpoint") },
  { limits: ["S3Bucket policy.organizationId"], from: aws("organizations/latest/APIReference/API_Organization") },
  {
    limits: ["S3Bucket policy.cloudFrontDistributions[]"],
    from: aws("cloudfront/latest/APIReference/API_Distribution"),
  },

  // Settings of S3.
  { limits: ["S3Bucket publicAccessBlock"], ours: "an empty object would declare nothing; remove the field" },
  { limits: ["S3Bucket objectLock.*days", "S3Bucket objectLock.*years"], from: s3Api("DefaultRetention") },
  {
    limits: ["S3Bucket lifecycle.rules"],
    from: s3Guide("intro-lifecycle-rules"),
    ours: "an empty configuration is none",
  },
  { limits: ["S3Bucket lifecycle.*.newerNoncurrentVersions"], from: s3Api("NoncurrentVersionExpiration") },
  {
    limits: ["S3Bucket lifecycle.*ays", "S3Bucket lifecycle.*.daysAfterInitiation"],
    from: s3Api("LifecycleExpiration"),
  },
  {
    limits: ["S3Bucket lifecycle.*.objectSize*"],
    from: s3Api("LifecycleRuleFilter"),
    ours: "up to the largest integer that JSON carries exactly",
  },
  {
    limits: ["S3Bucket lifecycle.rules[].*ransitions"],
    from: s3Guide("lifecycle-transition-general-considerations"),
    ours: "one for each storage class",
  },
  { limits: ["S3Bucket lifecycle.*.date"], ours: "room for any form of RFC 3339" },
  { limits: ["S3Bucket lifecycle.rules[].id"], from: s3Api("LifecycleRule") },
  { limits: ["S3Bucket cors.rules[].id"], from: s3Api("CORSRule"), ours: "an empty ID is none" },
  {
    limits: ["S3Bucket notifications.*[].id"],
    from: s3Api("QueueConfiguration"),
    ours: `as other IDs of S3: ${FACTS}s3-notifications`,
  },
  { limits: ["S3Bucket replication.rules[].id"], from: s3Api("ReplicationRule") },
  {
    limits: ["S3Bucket *.configurations[].id"],
    from: s3Api("PutBucketMetricsConfiguration"),
    ours: "S3 states it for metrics; the other kinds get the same",
  },
  {
    limits: ["S3Bucket *.configurations"],
    from: s3Api("PutBucketMetricsConfiguration"),
    ours: "S3 has 1,000, which one object cannot hold; the others stay",
  },
  {
    limits: [
      "S3Bucket *refix",
      "S3Bucket *.suffix",
      "S3Bucket *.prefixes[]",
      "S3Bucket *eplaceKey*With",
      "S3Bucket *.keyPrefixEquals",
      "S3Bucket website.*Document",
      "BucketAccess grants[].prefix",
    ],
    from: s3Guide("object-keys"),
    ours: "a required prefix is not empty, since it would be the whole bucket; exports and logs need room for their own names",
  },
  {
    limits: ["S3Bucket *.filter.tags", "S3Bucket *.filter.tags{}", "S3Bucket *.not.tags[].*"],
    from: s3Guide("object-tagging"),
    ours: "an object has at most ten tags",
  },
  {
    limits: ["S3Bucket replication.rules[].filter.not.prefixes", "S3Bucket replication.rules[].filter.not.tags"],
    ours: CEL_BUDGET,
  },
  {
    limits: ["S3Bucket tags", "S3Bucket tags{}", "AWSAccount *tags", "AWSAccount *tags{}"],
    from: aws("awsaccountbilling/latest/aboutv2/allocation-tag-restrictions"),
    ours: "50 in all, of which the account and the operator need some",
  },
  { limits: ["S3Bucket encryption.blockedEncryptionTypes"], from: s3Api("BlockedEncryptionTypes") },
  { limits: ["S3Bucket cors.rules"], from: s3Guide("ManageCorsUsing") },
  {
    limits: ["S3Bucket cors.rules[].allowed*", "S3Bucket cors.rules[].exposeHeaders*"],
    from: s3Api("CORSRule"),
    ours: "S3 limits the whole document; this bounds one object",
  },
  {
    limits: ["S3Bucket cors.rules[].maxAgeSeconds", "S3Bucket replication.rules[].priority"],
    ours: "integers that are not negative",
  },
  {
    limits: [
      "S3Bucket notifications.queues",
      "S3Bucket notifications.topics",
      "S3Bucket notifications.lambdaFunctions",
    ],
    from: s3Api("PutBucketNotificationConfiguration"),
    ours: "100 of each kind",
  },
  { limits: ["S3Bucket notifications.*.events", "S3Bucket inventory.*.optionalFields"], ours: "room for all values" },
  { limits: ["S3Bucket intelligentTiering.*.tierings", "S3Bucket intelligentTiering.*.days"], from: s3Api("Tiering") },
  {
    limits: ["S3Bucket replication.rules"],
    from: s3Api("ReplicationConfiguration"),
    ours: `S3 has 1,000; ${CEL_BUDGET}`,
  },
  { limits: ["S3Bucket website.routingRules"], from: s3Api("PutBucketWebsite") },
  { limits: ["S3Bucket website.*hostName"], ours: "a host with a path or query; S3 states no length" },
  {
    limits: ["S3Bucket website.*httpErrorCodeReturnedEquals", "S3Bucket website.*httpRedirectCode"],
    ours: "three digits",
  },

  // Bucket policy. AWS limits the whole policy to 20 KB; the bounds of lists keep one object and its rules small.
  {
    limits: [
      "S3Bucket policy.statements",
      "S3Bucket policy.statements[].*ctions",
      "S3Bucket policy.statements[].*esources",
      "S3Bucket policy.statements[].conditions",
      "S3Bucket policy.*.values",
      "S3Bucket policy.*.values[]",
      "S3Bucket policy.statements[].*rincipals.*",
    ],
    from: s3Guide("bucket-policies"),
    ours: CEL_BUDGET,
  },
  {
    limits: ["S3Bucket policy.statements[].sid"],
    from: iamGuide("reference_policies_elements_sid"),
    ours: "AWS states no length",
  },
  {
    limits: ["S3Bucket policy.statements[].*ctions[]"],
    from: aws("service-authorization/latest/reference/list_amazons3"),
  },
  {
    limits: ["S3Bucket policy.statements[].*esources[]"],
    from: s3Guide("object-keys"),
    ours: "'{bucket}/' and a key pattern with variables",
  },
  {
    limits: ["S3Bucket policy.*.operator", "S3Bucket policy.*.key"],
    from: iamGuide("reference_policies_elements_condition_operators"),
  },
  {
    limits: [
      "S3Bucket policy.cloudFrontDistributions",
      "S3Bucket policy.vpcEndpoints",
      "S3Bucket policy.logDelivery",
      "S3Bucket policy.logDelivery[].prefixes",
      "S3Bucket policy.logDelivery[].source*s",
      "S3Bucket policy.logDelivery[].sourceArns[]",
    ],
    ours: "as many as fit into a policy of 20 KB",
  },

  // Kubernetes.
  {
    limits: ["* accountRef.name", "BucketAccess serviceAccountRefs[].name", "BucketAccess configMap.name"],
    from: kubernetes("overview/working-with-objects/names"),
  },
  {
    limits: ["BucketAccess bucketRef.*", "* *namespaces.names[]", "* *Namespaces.names[]"],
    from: kubernetes("overview/working-with-objects/names"),
  },
  {
    limits: ["* *.selector.*", "BucketAccess configMap.labels{}"],
    from: kubernetes("overview/working-with-objects/labels"),
  },
  { limits: ["BucketAccess configMap.keys"], from: kubernetes("configuration/configmap") },
  {
    limits: [
      "BucketAccess configMap.labels",
      "BucketAccess configMap.annotations",
      "BucketAccess configMap.annotations{}",
    ],
    ours: "bounds one object",
  },

  // The operator's own fields.
  {
    limits: [
      "* *ccess.rules",
      "* *.names",
      "* *.policyArns",
      "AWSAccount *.roleArns",
      "AWSAccount *.buckets",
      "AWSAccount *.webIdentities",
      "* *.subjects",
      "S3Bucket access.rules[].prefixes",
      "* *ermissions",
      "AWSAccount allowedDeletionPolicies",
      "AWSAccount naming.allowedPatterns",
      "AWSAccount guardrails.allowed*s",
      "BucketAccess grants",
      "BucketAccess serviceAccountRefs",
      "BucketAccess principals",
    ],
    ours: `bounds one object; ${CEL_BUDGET}`,
  },
  {
    limits: [
      "AWSAccount naming.*e",
      "AWSAccount naming.allowedPatterns[]",
      "AWSAccount *.buckets[]",
      "AWSAccount *.roleArns[]",
      "AWSAccount *.policyArns[]",
      "AWSAccount *.subjects[]",
      "AWSAccount guardrails.allowedRoles[]",
      "AWSAccount guardrails.allowedDestinations[]",
      "AWSAccount guardrails.allowedKeyAliases[]",
    ],
    ours: "patterns: as long as what they match, and placeholders",
  },
  { limits: ["AWSAccount rateLimit.requestsPerSecond"], ours: "a rate of the operator" },
];
