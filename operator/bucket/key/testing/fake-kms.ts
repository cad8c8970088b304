import type { KMSClient } from "@aws-sdk/client-kms";
import { ownershipTags } from "../../../api/ownership.ts";
import type { AwsSession } from "../../../aws/session.ts";
import { sdkError } from "../../testing/fake-bucket.ts";
import { OWNER, target } from "../../testing/fixtures.ts";
import { keyClient, type KeyClient } from "../key-client.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "111122223333";

export type Input = Record<string, unknown> & { KeyId?: string; AliasName?: string };

/** Answers by operation, such as "DescribeKey". Any other call throws. */
export type Answers = Record<string, (input: Input) => unknown>;

export interface FakeKms {
  session: AwsSession;
  client: KeyClient;
  /** "DescribeKey alias/docs", in send order; without a key if there is none. */
  calls: string[];
  /** The region of each client. */
  regions: string[];
}

/** KMS without a network. */
export function fakeKms(answers: Answers): FakeKms {
  const calls: string[] = [];
  const regions: string[] = [];
  const send = async ({ constructor, input }: { constructor: { name: string }; input: Input }) => {
    const operation = constructor.name.replace(/Command$/, "");
    calls.push([operation, input.KeyId ?? input.AliasName ?? []].flat().join(" "));
    const answer = answers[operation];
    if (answer === undefined) throw new Error(`Unexpected call: ${operation}`);
    return answer(input);
  };
  const kms = (region: string) => {
    regions.push(region);
    return { send } as unknown as KMSClient;
  };
  const session = { ...target().session, kms };
  const client = keyClient(session, REGION, new AbortController().signal);
  regions.length = 0;
  return { session, client, calls, regions };
}

export function arnOf(id: string): string {
  return `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
}

/** The metadata that DescribeKey returns. */
export function keyMetadata(id: string, KeyState = "Enabled") {
  return { KeyId: id, Arn: arnOf(id), KeyState };
}

export function notFound(): never {
  throw sdkError("NotFoundException", 400);
}

/** A denial by AWS, with its cause. */
export function denied(because = "no identity-based policy allows the action"): () => never {
  return () => {
    const message = `User: arn:aws:iam::${ACCOUNT}:user/operator is not authorized to perform: kms:X on resource: ${arnOf("x")} because ${because}`;
    throw Object.assign(sdkError("AccessDeniedException", 400), { message });
  };
}

/** The answer of ListResourceTags for the owner's keys. */
export function ownTags(): object {
  const tags = Object.entries(ownershipTags(OWNER, "Created"));
  return { Tags: tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) };
}
