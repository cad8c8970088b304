import { DescribeKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { keyArnOf } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { KeyClient } from "./key-client.ts";

/** Finds a key by id, ARN or alias; undefined if it does not exist. */
export async function describeKey(client: KeyClient, key: string): Promise<KeyMetadata | undefined> {
  const { kms, options } = client;
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: key }), options)).KeyMetadata;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return undefined;
    return throwFailure("kms:DescribeKey", keyArnOf(client, key))(error);
  }
}
