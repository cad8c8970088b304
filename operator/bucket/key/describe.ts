import { DescribeKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { keyArnOf } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import type { KeyClient } from "./key-client.ts";

/** What KMS says of a key, by id, ARN or alias; undefined if there is none. https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export async function describeKey(client: KeyClient, key: string): Promise<KeyMetadata | undefined> {
  const { kms, options } = client;
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: key }), options)).KeyMetadata;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return undefined;
    return failWith("kms:DescribeKey", keyArnOf(client, key))(error);
  }
}
