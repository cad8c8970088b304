/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The account, the way in, and the limits.
 */
export interface AWSAccountSpec {
  /**
   * The AWS account's 12-digit id. Immutable.
   */
  accountId: string;
  /**
   * The AWS region of buckets that name none, and of the calls to STS.
   */
  region: string;
  /**
   * Whether this is the account of buckets without `accountRef`. At most one AWSAccount may say true. Absent: false.
   */
  default?: boolean;
  assumeRole?: AssumeRole;
  allowedNamespaces?: AllowedNamespaces;
  naming?: Naming;
  /**
   * Whether S3Buckets may adopt buckets that exist already. Absent: false.
   */
  allowAdoption?: boolean;
  /**
   * Values of `deletionPolicy` that S3Buckets may be deleted with. One that is deleted with another waits, its bucket untouched, until either side changes. Absent: `Retain` and `DeleteIfEmpty`.
   *
   * @minItems 1
   * @maxItems 3
   */
  allowedDeletionPolicies?: ("Retain" | "DeleteIfEmpty" | "DeleteWithContents")[];
  /**
   * Tags of every bucket in the account, by key; the bucket's own of the same key win.
   */
  tags?: {
    [k: string]: string;
  };
}
/**
 * The role that the operator assumes to work in the account. Absent: the operator's own identity, which must be of the account.
 */
export interface AssumeRole {
  /**
   * The role's ARN.
   */
  roleArn: string;
  /**
   * The external id that the role's trust policy asks for. Absent: none.
   */
  externalId?: string;
}
/**
 * Namespaces whose objects may use the account, by exactly one of `names` and `selector`. Absent: all.
 */
export interface AllowedNamespaces {
  /**
   * Names of namespaces. Empty: none.
   *
   * @maxItems 1000
   */
  names?: string[];
  selector?: LabelSelector;
}
/**
 * Labels that the namespace must have; all of `matchLabels` and `matchExpressions` must hold. Empty: every namespace.
 */
export interface LabelSelector {
  /**
   * Labels and their values.
   */
  matchLabels?: {
    [k: string]: string;
  };
  /**
   * Requirements on labels.
   *
   * @maxItems 32
   */
  matchExpressions?: LabelSelectorRequirement[];
}
/**
 * A requirement on one label.
 */
export interface LabelSelectorRequirement {
  /**
   * The label's key.
   */
  key: string;
  /**
   * How the label relates to the values.
   */
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /**
   * Values, for `In` and `NotIn`.
   *
   * @maxItems 100
   */
  values?: string[];
}
/**
 * How buckets without `bucketName` are named.
 */
export interface Naming {
  /**
   * The bucket's name, with the placeholders `{namespace}`, `{name}`, `{cluster}`, `{account}`, `{region}` and `{hash}` (of cluster, account, namespace and name). A name longer than 63 characters is cut and ends in the hash.
   */
  template: string;
}

/**
 * What the operator last saw. It can be wiped and is rebuilt.
 */
export interface AWSAccountStatus {
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
   * Who the operator is in the account, as STS GetCallerIdentity says.
   */
  callerArn?: string;
  /**
   * The account that STS GetCallerIdentity says.
   */
  accountId?: string;
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
