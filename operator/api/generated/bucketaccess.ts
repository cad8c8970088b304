/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * Who may do what, where in which bucket.
 */
export interface BucketAccessSpec {
  bucketRef: BucketRef;
  /**
   * What is allowed, by prefix; their order has no meaning. What two overlapping grants allow is allowed.
   *
   * @minItems 1
   * @maxItems 100
   */
  grants: Grant[];
  serviceAccountRef?: ServiceAccountRef;
  /**
   * IAM roles, by ARN, that get the access through the bucket policy, and through the policy of the bucket's managed KMS key; for readers from other accounts, whose own policies must allow it as well. The roles must exist.
   *
   * @minItems 1
   * @maxItems 20
   */
  principals?: string[];
  /**
   * How Pods get the role's credentials. `IRSA`: by the ServiceAccount's token, see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html. `PodIdentity`: by an EKS Pod Identity association, see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html. Absent: the account's `workloadIdentity.type`.
   */
  identity?: "IRSA" | "PodIdentity";
  /**
   * `Own`: a role for this object alone. `Shared`: the account's `workloadIdentity.sharedRoleArn`, which the session policy of the Pod Identity association narrows to these grants; for accounts that are short of roles. A session policy holds 2,048 characters, about ten prefixes. Absent: `Own`.
   */
  role?: "Own" | "Shared";
  /**
   * With IRSA: set the annotation `eks.amazonaws.com/role-arn` of the ServiceAccount to the role, once the ServiceAccount is there. With Pod Identity nothing is annotated. Absent: false.
   */
  annotateServiceAccount?: boolean;
  /**
   * The ConfigMap in this object's namespace that gets the names of bucket, region, prefixes, role and key. One that somebody else made is not touched. Absent: this object's name.
   */
  configMapName?: string;
}
/**
 * The S3Bucket. Immutable.
 */
export interface BucketRef {
  /**
   * metadata.name of the S3Bucket.
   */
  name: string;
  /**
   * Its namespace. Another one than this object's must consent, by the S3Bucket's `access.allowedNamespaces`. Absent: this object's.
   */
  namespace?: string;
}
/**
 * What is allowed below one prefix.
 */
export interface Grant {
  /**
   * What the keys begin with, such as `raw/invoices/`, up to and including a `/`; or `*`, every key of the bucket. Within a prefix, `*`, `?` and `$` are characters like any other.
   */
  prefix: string;
  /**
   * `Read`: get objects. `Write`: put objects, in parts as well. `Delete`: delete objects, which in a versioned bucket leaves every version restorable. `List`: list the keys below the prefix.
   *
   * @minItems 1
   * @maxItems 4
   */
  permissions: ("Read" | "Write" | "Delete" | "List")[];
}
/**
 * The ServiceAccount, in this object's namespace, whose Pods get the access, through an IAM role that the operator makes.
 */
export interface ServiceAccountRef {
  /**
   * metadata.name of the ServiceAccount, which need not exist yet.
   */
  name: string;
}

/**
 * What the operator last saw. It can be wiped and is rebuilt.
 */
export interface BucketAccessStatus {
  /**
   * The metadata.generation that this status is about. `-1`: none yet.
   */
  observedGeneration?: number;
  /**
   * `Ready`, and while they are True `Reconciling` (the operator is at work or trying again) or `Stalled` (only a person can help).
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The bucket's name at AWS.
   */
  bucketName?: string;
  /**
   * The region that the bucket is in.
   */
  region?: string;
  /**
   * The AWS account that owns the bucket, and the role.
   */
  accountId?: string;
  /**
   * The ARN of the KMS key that the bucket's objects are encrypted with. Absent: none, or the AWS managed key.
   */
  kmsKeyArn?: string;
  /**
   * By which encryption contexts the key may be used: `Bucket` with an S3 Bucket Key, `Object` without; both once that was changed, since objects keep theirs.
   *
   * @maxItems 2
   */
  encryptionContexts?: ("Bucket" | "Object")[];
  /**
   * The host name of S3 in the bucket's region.
   */
  endpoint?: string;
  /**
   * The name of the role.
   */
  roleName?: string;
  /**
   * The ARN of the role that the ServiceAccount gets.
   */
  roleArn?: string;
  /**
   * The ARN of the Pod Identity association.
   */
  associationArn?: string;
  /**
   * The ServiceAccount that has the access, and the annotation if that was asked for.
   */
  serviceAccountName?: string;
  /**
   * The ConfigMap that was written.
   */
  configMapName?: string;
  policy?: AccessPolicyStatus;
  /**
   * A hash of what spec, bucket, account and operator declare, to tell drift from news.
   */
  declarationHash?: string;
  drift?: AccessDrift;
  /**
   * The last value of the annotation `s3-operator.io/reconcile-requested-at` that was acted on.
   */
  reconcileRequestedAt?: string;
}
/**
 * One aspect of the object's state.
 */
export interface Condition {
  /**
   * The aspect.
   */
  type: string;
  /**
   * Whether it holds.
   */
  status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that the condition is about.
   */
  observedGeneration?: number;
  /**
   * When `status` last changed.
   */
  lastTransitionTime: string;
  /**
   * Why, in one word of a fixed list.
   */
  reason: string;
  /**
   * Why, and what to do, in words.
   */
  message: string;
}
/**
 * About the policy that grants the access.
 */
export interface AccessPolicyStatus {
  /**
   * Its size: for a role, of 10,240 characters that AWS allows; for a session policy, of 2,048; for principals, of the bucket policy's 20,480 bytes.
   */
  bytes?: number;
  /**
   * What it says, in words.
   *
   * @maxItems 32
   */
  summary?: string[];
}
/**
 * The last difference that the operator found and had not caused.
 */
export interface AccessDrift {
  /**
   * When it was last found.
   */
  lastDetectedTime?: string;
  /**
   * When the operator last undid one.
   */
  lastCorrectedTime?: string;
  /**
   * What differed, the first 20.
   *
   * @maxItems 20
   */
  changes?: AccessChange[];
}
/**
 * One difference between what must be and what is.
 */
export interface AccessChange {
  /**
   * What differed, such as `permissions`, `trust`, `association` or `configMap`.
   */
  setting: string;
  /**
   * Where in it.
   */
  path: string;
  /**
   * What must be there, as JSON, cut to 256 characters. Absent: nothing.
   */
  desired?: string;
  /**
   * What is there, as JSON, cut to 256 characters. Absent: nothing.
   */
  actual?: string;
}
