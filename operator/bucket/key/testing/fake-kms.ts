import type { KMSClient } from "@aws-sdk/client-kms";
import type { AwsSession } from "../../../aws/session.ts";
import { sdkError } from "../../testing/fake-bucket.ts";
import { OWNER, target } from "../../testing/fixtures.ts";
import { ownershipTags } from "../../../api/ownership.ts";
import { keyClient, type KeyClient } from "../key-client.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "111122223333";

export type Input = Record<string, unknown> & { KeyId?: string; AliasName?: string };

/** By operation, "DescribeKey": what KMS answers, or throws; what is not here, it does not know. */
export type Answers = Record<string, (input: Input) => unknown>;

export interface FakeKms {
  session: AwsSession;
  client: KeyClient;
  /** "DescribeKey alias/docs", in the order in which they were sent; without a key where there is none. */
  calls: string[];
  /** Regions that were asked, as many as clients were taken. */
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
    if (answer === undefined) throw new Error(`Nobody expected ${operation}`);
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

/** As DescribeKey shows it. */
export function keyMetadata(id: string, KeyState = "Enabled") {
  return { KeyId: id, Arn: arnOf(id), KeyState };
}

export function notFound(): never {
  throw sdkError("NotFoundException", 400);
}

/** An answer that is AWS's denial, with what it says of the cause. */
export function denied(because = "no identity-based policy allows the action"): () => never {
  return () => {
    const message = `User: arn:aws:iam::${ACCOUNT}:user/operator is not authorized to perform: kms:X on resource: ${arnOf("x")} because ${because}`;
    throw Object.assign(sdkError("AccessDeniedException", 400), { message });
  };
}

/** Of ListResourceTags, for keys that are the owner's. */
export function ownTags(): object {
  const tags = Object.entries(ownershipTags(OWNER, "Created"));
  return { Tags: tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) };
}
