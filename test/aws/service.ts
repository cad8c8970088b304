/**
 * Interface of the services: finds the operation of a request, and renders replies and errors in the service's
 * protocol.
 */

import type { AwsError } from "./errors.ts";
import type { AwsRequest, Reply } from "./http.ts";
import type { Access, Denial } from "./policy/access.ts";
import type { Identity } from "./state.ts";

/** A parsed request. `perform` applies a change without interruption, so that calls do not interleave. */
export interface Operation {
  /** API name, such as PutBucketLifecycleConfiguration. */
  name: string;
  /**
   * IAM actions that the operation needs, the main one first.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
   */
  actions: string[];
  write: boolean;
  bucket?: string;
  key?: string;
  /** Resource ARN of an action, for denial messages. */
  resourceOf(action: string, caller: Identity): string;
  /** Answers in parts, as DeleteObjects does: a denial refuses single parts, not the call. */
  partial: boolean;
  /** Needs no credentials. */
  unsigned?: true;
  /** Accesses that policies must allow. Default: each action on its resource, in the caller's account. */
  accesses?(caller: Identity): Access[];
  /**
   * Throws an AwsError for every answer that is not a success. `denials` is for partial operations, and otherwise
   * empty.
   */
  perform(caller: Identity, denials: readonly Denial[]): Reply | Promise<Reply>;
}

/** Failures of AWS itself, caused by fault switches. */
export type Failure = "throttle" | "operationAborted" | "internalError";

/** Reasons to reject credentials. */
export type Rejection =
  | "missing"
  | "malformed"
  | "unknown"
  | "expired"
  | "invalidToken"
  | "wrongSignature"
  | "malformedQuery"
  | "malformedForm"
  | "expiredUrl";

export interface Service {
  name: string;
  /** Throws 501 NotImplemented for unknown requests. */
  route(request: AwsRequest): Operation;
  /** Policies and ACLs decide about unsigned requests. Otherwise they are rejected. */
  takesUnsigned?: true;
  /** Headers of every answer to the request, also of errors. */
  headers?(request: AwsRequest): Record<string, string>;
  renderError(error: AwsError, request: Pick<AwsRequest, "method" | "path">, requestId: string): Reply;
  failure(kind: Failure): AwsError;
  rejection(kind: Rejection): AwsError;
  /** `because` is the reason in AWS's words. Default: no identity-based policy allows the action. */
  denied(caller: Identity, action: string, resource: string, because?: string): AwsError;
}
