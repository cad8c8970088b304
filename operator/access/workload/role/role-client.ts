import type { IAMClient } from "@aws-sdk/client-iam";
import type { AwsSession } from "../../../aws/session.ts";

/** One role, for one reconcile. */
export interface RoleClient {
  readonly iam: IAMClient;
  /** Names the role in every call. */
  readonly ref: { RoleName: string };
  /** The role's ARN, for messages about denied calls. */
  readonly arn: string;
  /** Second argument of each `send`: ends the call with its reconcile. */
  readonly options: { abortSignal: AbortSignal };
}

export function roleClient(session: AwsSession, name: string, arn: string, signal: AbortSignal): RoleClient {
  return { iam: session.iam(), ref: { RoleName: name }, arn, options: { abortSignal: signal } };
}
