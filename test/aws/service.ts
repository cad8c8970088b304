/** What the server asks of each service: find the operation behind a request, and put replies and errors in the service's protocol. */

import type { AwsError } from "./errors.ts";
import type { AwsRequest, Reply } from "./http.ts";
import type { Access, Denial } from "./policy/access.ts";
import type { Identity } from "./state.ts";

/** One request, understood. `perform` applies a change in one go, so that no two calls interleave. */
export interface Operation {
  /** API name, such as PutBucketLifecycleConfiguration. */
  name: string;
  /** IAM actions it takes, the main one first: aws.md 2.1 and the service authorization reference. */
  actions: string[];
  write: boolean;
  bucket?: string;
  key?: string;
  /** ARN that an action is about, which a denial names. */
  resourceOf(action: string, caller: Identity): string;
  /** Answers in parts, as DeleteObjects does: a denial refuses the parts that it concerns, not the call. */
  partial: boolean;
  /** Needs no credentials; the caller is nobody. */
  unsigned?: true;
  /** What policies are asked, when they are evaluated; each action on its resource, in the caller's account, when left out. */
  accesses?(caller: Identity): Access[];
  /** Throws an AwsError for every answer that is not a success. `denials` is empty unless the operation is partial. */
  perform(caller: Identity, denials: readonly Denial[]): Reply | Promise<Reply>;
}

/** Failures that are AWS's and not the caller's, which a switch brings about. */
export type Failure = "throttle" | "operationAborted" | "internalError";

/** Why credentials were not accepted. */
export type Rejection =
  "missing" | "malformed" | "unknown" | "expired" | "invalidToken" | "wrongSignature" | "malformedQuery" | "expiredUrl";

export interface Service {
  name: string;
  /** Throws 501 NotImplemented for anything it does not know. */
  route(request: AwsRequest): Operation;
  renderError(error: AwsError, request: Pick<AwsRequest, "method" | "path">, requestId: string): Reply;
  failure(kind: Failure): AwsError;
  rejection(kind: Rejection): AwsError;
  /** `because`: why in AWS's words, when it is not for want of an identity-based policy. */
  denied(caller: Identity, action: string, resource: string, because?: string): AwsError;
}
