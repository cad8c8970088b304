import type { PolicyDocument } from "../aws/policy/document.ts";
import type { PolicyRequest } from "../aws/policy/evaluation/request.ts";

/** What reading brought; or what to do so that it can be read, such as "allow iam:GetRole". */
export type Read<T> = { value: T; remedy?: never } | { remedy: string; value?: never };

/** What SimulatePrincipalPolicy says of role policies, boundary and organization together. https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
export interface Simulation {
  allowed: boolean;
  /** Condition keys whose values it would have needed. */
  missing: readonly string[];
  /** Absent: it does not say. */
  allowedByBoundary?: boolean;
  allowedByOrganization?: boolean;
}

export interface NamedPolicy {
  name: string;
  document: PolicyDocument;
}

/** What is on the role itself. */
export interface RoleFindings {
  /** Inline and attached. */
  policies: Read<NamedPolicy[]>;
  /** Undefined: it has none. */
  boundary: Read<NamedPolicy | undefined>;
}

/** A request and what AWS simulates of it; undefined: there is no such role. */
export interface Simulated {
  request: PolicyRequest;
  simulation: Read<Simulation | undefined>;
}

/** The key that the bucket's objects are encrypted with by default. */
export interface KeyFindings {
  arn: string;
  /** Of KMS, "Enabled"; undefined: there is no such key. */
  state: Read<string | undefined>;
  /** It is AWS's own `aws/s3`. */
  isManagedByAws: boolean;
  policy: Read<PolicyDocument>;
  use: Simulated;
}

/** All that was read at AWS for one question. */
export interface Findings {
  s3: Simulated;
  /** The role is another account's than the bucket, so that nothing on it can be read. */
  foreign: boolean;
  /** Undefined: not looked at, since the simulations allow all that is asked, or the role is foreign. */
  role: RoleFindings | undefined;
  /** Of the Pod Identity association, for a shared role. Value undefined: there is no association, or it has no policy. */
  session: Read<PolicyDocument | undefined> | undefined;
  bucketPolicy: Read<PolicyDocument>;
  /** The policy is public, and Block Public Access of bucket or account restricts such buckets. Undefined: no matter of a role of the same account. */
  restrictedAsPublic: Read<boolean> | undefined;
  /** Value undefined: the bucket needs no key of KMS. Undefined: what is asked needs none. */
  key: Read<KeyFindings | undefined> | undefined;
}
