/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The bucket, the workload or principals, and the permissions.
 */
export interface BucketAccessSpec {
  bucketRef: BucketRef;
  /**
   * The permissions, by prefix. Their order does not matter. Overlapping grants add up.
   *
   * @minItems 1
   * @maxItems 100
   */
  grants: Grant[];
  serviceAccountRef?: ServiceAccountRef;
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
  /**
   * Which role Pods use. `Own`: a role for this object alone. `Shared`: the account's `workloadIdentity.sharedRoleArn`, limited to these grants by the session policy of the Pod Identity association. Use `Shared` in accounts near their role quota. A session policy has at most 2,048 characters, about ten prefixes. Absent: `Own`.
   */
  role?: "Own" | "Shared";
  /**
   * Sets the annotation `eks.amazonaws.com/role-arn` of the ServiceAccount to the role, once the ServiceAccount exists. Only with IRSA; Pod Identity needs no annotation. Absent: false.
   */
  annotateServiceAccount?: boolean;
  /**
   * The ConfigMap in this object's namespace that gets the names of bucket, region, prefixes, role and key. The operator does not touch a ConfigMap that it did not create. Absent: this object's name.
   */
  configMapName?: string;
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
   * The namespace of the S3Bucket. An S3Bucket in another namespace must allow this one in its `access.allowedNamespaces`. Absent: this object's namespace.
   */
  namespace?: string;
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
   * What is allowed. `Read`: get objects. `Write`: put objects, including multipart uploads. `Delete`: delete objects; in a versioned bucket, deleted versions can be restored. `List`: list the keys below the prefix.
   *
   * @minItems 1
   * @maxItems 4
   */
  permissions: ("Read" | "Write" | "Delete" | "List")[];
}
/**
 * The ServiceAccount that gets the access, in this object's namespace. The operator creates an IAM role for its Pods.
 */
export interface ServiceAccountRef {
  /**
   * The metadata.name of the ServiceAccount. It need not exist yet.
   */
  name: string;
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
   * The name of the role.
   */
  roleName?: string;
  /**
   * The ARN of the role that the ServiceAccount gets.
   */
  roleArn?: string;
  /**
   * Keys of the tags that the AWSAccount gave to the role. The operator removes a tag that leaves the AWSAccount; other tags stay.
   *
   * @maxItems 100
   */
  tagKeys?: string[];
  /**
   * The ARN of the Pod Identity association.
   */
  associationArn?: string;
  /**
   * The ServiceAccount that has the access, and the annotation if it was requested.
   */
  serviceAccountName?: string;
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
