/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The bucket, the workload or principals, and the permissions.
 */
export interface BucketAccessSpec {
  bucketRef?: BucketRef;
  bucket?: ExternalBucket;
  accountRef?: AccessAccountRef;
  /**
   * The permissions, by prefix. Their order does not matter. Overlapping grants add up.
   *
   * @minItems 1
   * @maxItems 100
   */
  grants: Grant[];
  /**
   * The ServiceAccounts that get the access, in this object's namespace. Each has one IAM role for its Pods, which all BucketAccesses of that ServiceAccount share.
   *
   * @minItems 1
   * @maxItems 10
   */
  serviceAccountRefs?: ServiceAccountRef[];
  webIdentity?: WebIdentity;
  /**
   * Existing principals that get the access, by ARN: IAM roles, users, sessions of a role (`arn:aws:sts::<account>:assumed-role/<role>/<session>`), and whole accounts (`arn:aws:iam::<account>:root`), which share the access among their roles and users by IAM policies. The operator adds statements for them to the bucket policy, and to the policy of the bucket's managed KMS key. A principal in another account also needs a policy there that allows the access.
   *
   * @minItems 1
   * @maxItems 20
   */
  principals?: string[];
  /**
   * How Pods get the role's credentials. `IRSA`: with the ServiceAccount's token, see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html. `PodIdentity`: with an EKS Pod Identity association, see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html. Absent: the account's `workloadIdentity.type`.
   */
  identity?: "IRSA" | "PodIdentity";
  role?: AccessRole;
  /**
   * Sets the annotation `eks.amazonaws.com/role-arn` of the ServiceAccount to the role, once the ServiceAccount exists. Only with IRSA; Pod Identity needs no annotation. Absent: false.
   */
  annotateServiceAccount?: boolean;
  configMap?: OutputConfigMap;
}
/**
 * The S3Bucket to access. Immutable.
 */
export interface BucketRef {
  /**
   * The metadata.name of the S3Bucket.
   */
  name: string;
  /**
   * The namespace of the S3Bucket. An S3Bucket in another namespace must allow the grants to this one by its `access.rules`. Absent: this object's namespace.
   */
  namespace?: string;
}
/**
 * A bucket that no S3Bucket manages here: of this or another AWS account. The AWSAccount must allow it by its `access.rules`. The operator does not call S3 for it. For a bucket of another account, `status.ownerPolicies` has what its owner must add. Immutable.
 */
export interface ExternalBucket {
  /**
   * The bucket's name at AWS.
   */
  name: string;
  /**
   * The bucket's region.
   */
  region: string;
  /**
   * The 12-digit ID of the AWS account that owns the bucket. The role's policy holds only for a bucket of that account. Absent: the account of the role.
   */
  accountId?: string;
  /**
   * The ARN of the KMS key that encrypts the bucket's objects. Absent: none, or the AWS managed key.
   */
  kmsKeyArn?: string;
}
/**
 * The AWSAccount in which the role is, with `bucket`. Immutable. Absent: the AWSAccount with `default: true`.
 */
export interface AccessAccountRef {
  /**
   * The metadata.name of the AWSAccount.
   */
  name: string;
}
/**
 * The permissions below one prefix.
 */
export interface Grant {
  /**
   * The prefix of the keys, such as `raw/invoices/`, up to and including a `/`; or `*` for every key of the bucket. Within a prefix, `*`, `?` and `$` are ordinary characters.
   */
  prefix: string;
  /**
   * What is allowed. `Read`: get objects. `ReadVersions`: get and list old versions. `Write`: put objects, including multipart uploads. `Delete`: delete objects; in a versioned bucket, deleted versions can be restored. `List`: list the keys below the prefix, and read the bucket's region; with `*`, also list unfinished multipart uploads. `Tag`: get, put and delete the tags of objects. `Restore`: restore archived objects.
   *
   * @minItems 1
   * @maxItems 7
   */
  permissions: ("Read" | "ReadVersions" | "Write" | "Delete" | "List" | "Tag" | "Restore")[];
}
/**
 * A ServiceAccount.
 */
export interface ServiceAccountRef {
  /**
   * The metadata.name of the ServiceAccount. It need not exist yet.
   */
  name: string;
}
/**
 * Workloads outside the cluster that get the access by a token of an OIDC provider, such as a GitHub Actions workflow. They share an IAM role of this object alone. The AWSAccount must allow them by its `access.rules`.
 */
export interface WebIdentity {
  /**
   * The IAM OIDC provider, in the account of the role.
   */
  providerArn: string;
  /**
   * The exact subjects of the tokens, such as `repo:acme/shop:ref:refs/heads/main`. Wildcards are not allowed.
   *
   * @minItems 1
   * @maxItems 10
   */
  subjects: string[];
  /**
   * The audience of the tokens, such as `sts.amazonaws.com`.
   */
  audience: string;
}
/**
 * The role that Pods use. Absent: one that the operator creates.
 */
export interface AccessRole {
  /**
   * `Own`: a role for the ServiceAccount, which the operator creates. `Shared`: the account's `workloadIdentity.sharedRoleArn`, limited to the grants by the session policy of the Pod Identity association. Use `Shared` in accounts near their role quota. A session policy has at most 2,048 characters, about ten prefixes. Absent: `Own`.
   */
  type?: "Own" | "Shared";
  /**
   * The ARN of an existing role, such as one made by Terraform. The operator writes its own inline policy into it and changes nothing else. The AWSAccount must allow the role by its `access.rules`, and the role must name the ServiceAccount in its tag `s3-operator.io/service-accounts`, as `cluster/namespace/name`; several are separated by spaces.
   */
  arn?: string;
  /**
   * Managed policies to attach to the role, for other AWS services. The AWSAccount must allow them by its `access.rules`. The policies of all BucketAccesses of a ServiceAccount add up. Absent: none.
   *
   * @minItems 1
   * @maxItems 20
   */
  policyArns?: string[];
}
/**
 * The ConfigMap in this object's namespace that gets the names of bucket, region, prefixes, role and key. The operator does not touch a ConfigMap that it did not create.
 */
export interface OutputConfigMap {
  /**
   * The metadata.name of the ConfigMap. Absent: this object's name.
   */
  name?: string;
  /**
   * The keys of the ConfigMap, each with the output that it gets, such as `S3_BUCKET: BUCKET_NAME`. Absent: every output, under its own name.
   */
  keys?: {
    [k: string]:
      | "BUCKET_NAME"
      | "BUCKET_ARN"
      | "BUCKET_REGION"
      | "BUCKET_HOST"
      | "BUCKET_ENDPOINT"
      | "BUCKET_PREFIX"
      | "BUCKET_PREFIXES"
      | "ROLE_ARN"
      | "KMS_KEY_ARN";
  };
  /**
   * Labels of the ConfigMap. Absent: none.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * Annotations of the ConfigMap. Absent: none.
   */
  annotations?: {
    [k: string]: string;
  };
}

/**
 * The state that the operator observed. If it is lost, the operator rebuilds it.
 */
export interface BucketAccessStatus {
  /**
   * The metadata.generation that this status describes. `-1`: none yet.
   */
  observedGeneration?: number;
  /**
   * The conditions of the object: `Ready`, and, while True, `Reconciling` (the operator is working or retrying) or `Stalled` (a person must act).
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The bucket's name at AWS.
   */
  bucketName?: string;
  /**
   * The region of the bucket.
   */
  region?: string;
  /**
   * The AWS account of the bucket and of the role.
   */
  accountId?: string;
  /**
   * The ARN of the KMS key that encrypts the bucket's objects. Absent: none, or the AWS managed key.
   */
  kmsKeyArn?: string;
  /**
   * The encryption contexts in which the key may be used: `Bucket` with an S3 Bucket Key, `Object` without. Both after a change of that setting, because existing objects keep their context.
   *
   * @maxItems 2
   */
  encryptionContexts?: ("Bucket" | "Object")[];
  /**
   * The KMS keys that the bucket had before, the latest first. Existing objects stay encrypted with them, so a role with `Read` may still decrypt with them. The list is lost when this object is deleted.
   *
   * @maxItems 5
   *
   * Items: A KMS key that the bucket had before.
   */
  formerKeys?: {
    /**
     * The ARN of the key.
     */
    kmsKeyArn: string;
    /**
     * The encryption contexts in which the key may be used.
     *
     * @minItems 1
     * @maxItems 2
     */
    encryptionContexts: ("Bucket" | "Object")[];
  }[];
  /**
   * The host name of S3 in the bucket's region.
   */
  endpoint?: string;
  /**
   * The role of each ServiceAccount, or of the web identities.
   *
   * @maxItems 10
   */
  roles?: RoleStatus[];
  ownerPolicies?: OwnerPolicies;
  /**
   * The ConfigMap that the operator wrote.
   */
  configMapName?: string;
  policy?: AccessPolicyStatus;
  /**
   * A hash of what spec, bucket, account and operator declare. It distinguishes drift from a changed declaration.
   */
  declarationHash?: string;
  drift?: AccessDrift;
  /**
   * The last value of the annotation `s3-operator.io/reconcile-requested-at` that the operator handled.
   */
  reconcileRequestedAt?: string;
}
/**
 * One aspect of the object's state.
 */
export interface Condition {
  /**
   * The type of the condition.
   */
  type: string;
  /**
   * The status of the condition.
   */
  status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that the condition describes.
   */
  observedGeneration?: number;
  /**
   * When `status` last changed.
   */
  lastTransitionTime: string;
  /**
   * The reason for the status, from the list in docs/reasons.md.
   */
  reason: string;
  /**
   * A description of the cause and of what to do.
   */
  message: string;
}
/**
 * A role that has the access.
 */
export interface RoleStatus {
  /**
   * The ServiceAccount that gets the role. Absent: web identities do.
   */
  serviceAccount?: string;
  /**
   * The name of the role. Absent: the operator did not create it.
   */
  name?: string;
  /**
   * The ARN of the role.
   */
  arn: string;
  /**
   * The ARN of the Pod Identity association.
   */
  associationArn?: string;
  /**
   * Keys of the tags that the AWSAccount gave to the role. The operator removes a tag that leaves the AWSAccount; other tags stay.
   *
   * @maxItems 100
   */
  tagKeys?: string[];
}
/**
 * What the owners must add where the bucket, or its KMS key, is of another account than the role, ready to send. Absent: nothing.
 */
export interface OwnerPolicies {
  /**
   * The statements for the bucket policy, as a policy in JSON. Absent: none.
   */
  bucketPolicy?: string;
  /**
   * The statements for the policy of the KMS key, as a policy in JSON. Absent: none.
   */
  keyPolicy?: string;
}
/**
 * The policy that grants the access.
 */
export interface AccessPolicyStatus {
  /**
   * The size of the policy. AWS allows 10,240 characters for a role, 2,048 for a session policy, and 20,480 bytes for the bucket policy with the statements for principals.
   */
  bytes?: number;
  /**
   * The content of the policy, in words.
   *
   * @maxItems 32
   */
  summary?: string[];
}
/**
 * The last difference that the operator found and did not cause.
 */
export interface AccessDrift {
  /**
   * When the operator last found drift.
   */
  lastDetectedTime?: string;
  /**
   * When the operator last corrected drift.
   */
  lastCorrectedTime?: string;
  /**
   * The differences, at most 20.
   *
   * @maxItems 20
   */
  changes?: AccessChange[];
}
/**
 * A difference between the declared and the actual state.
 */
export interface AccessChange {
  /**
   * The part that differed, such as `permissions`, `trust`, `association` or `configMap`.
   */
  setting: string;
  /**
   * The path in the part.
   */
  path: string;
  /**
   * The declared value, as JSON, cut to 256 characters. Absent: none.
   */
  desired?: string;
  /**
   * The actual value, as JSON, cut to 256 characters. Absent: none.
   */
  actual?: string;
}
