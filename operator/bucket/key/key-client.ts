import type { KMSClient } from "@aws-sdk/client-kms";
import type { AwsSession } from "../../aws/session.ts";

/** KMS in one account and region, for one reconcile. */
export interface KeyClient {
  readonly kms: KMSClient;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** Second argument of each `send`: aborts the call with its reconcile. */
  readonly options: { abortSignal: AbortSignal };
}

export function keyClient(session: AwsSession, region: string, signal: AbortSignal): KeyClient {
  const { accountId, partition } = session;
  return { kms: session.kms(region), region, accountId, partition, options: { abortSignal: signal } };
}
