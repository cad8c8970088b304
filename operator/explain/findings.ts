import type { PolicyDocument } from "../aws/policy/document.ts";
import type { PolicyRequest } from "../aws/policy/evaluation/request.ts";

/** A value that was read, or what the user can do so that it can be read, such as "allow iam:GetRole". */
export type Read<T> = { value: T; remedy?: never } | { remedy: string; value?: never };

/**
 * The result of SimulatePrincipalPolicy for role policies, boundary and organization together.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export interface Simulation {
  allowed: boolean;
  /** Condition keys in the policies that the simulated request had no values for. */
  missing: readonly string[];
  /** Absent: the result does not tell. */
  allowedByBoundary?: boolean;
  allowedByOrganization?: boolean;
}

export interface NamedPolicy {
  name: string;
  document: PolicyDocument;
}

export interface RoleFindings {
  /** Inline and attached. */
  policies: Read<NamedPolicy[]>;
  /** Value undefined: the role has none. */
  boundary: Read<NamedPolicy | undefined>;
}

/** A request and AWS's simulation of it. Value undefined: the role does not exist. */
export interface Simulated {
  request: PolicyRequest;
  simulation: Read<Simulation | undefined>;
}

/** The key of the bucket's default encryption. */
export interface KeyFindings {
  arn: string;
  /** State in KMS, such as "Enabled". Value undefined: the key does not exist. */
  state: Read<string | undefined>;
  /** It is the AWS managed key `aws/s3`. */
  isManagedByAws: boolean;
  policy: Read<PolicyDocument>;
  use: Simulated;
}

/** A Pod Identity association. */
export interface Association {
  roleArn: string;
  policy?: PolicyDocument;
}

/** All that was read at AWS for one question. */
export interface Findings {
  s3: Simulated;
  /**
   * Names the side whose policies explain cannot read, because its credentials belong to the other side's account.
   * Undefined: role and bucket are in one account.
   */
  foreign: "Role" | "Bucket" | undefined;
  /** Undefined: not read, because the simulations allow the request or the role is foreign. */
  role: RoleFindings | undefined;
  /** Value undefined: there is none. Undefined: the role has no association. */
  association: Read<Association | undefined> | undefined;
  /** The role's trust policy. Value undefined: the role does not exist. Undefined: not read. */
  trust: Read<PolicyDocument | undefined> | undefined;
  /** Policy of the association, for a shared role. Value undefined: no association, or none with a policy. */
  session: Read<PolicyDocument | undefined> | undefined;
  bucketPolicy: Read<PolicyDocument>;
  /** The policy is public, and bucket or account restricts that. Undefined: not read, the role is not foreign. */
  restrictedAsPublic: Read<boolean> | undefined;
  /** Value undefined: the bucket does not encrypt with KMS. Undefined: the action uses no key. */
  key: Read<KeyFindings | undefined> | undefined;
}
