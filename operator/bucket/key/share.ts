import { GetKeyPolicyCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { REASON } from "../../api/reasons.ts";
import { failWith } from "../../fail-with.ts";
import type { Failure } from "../../kube/outcome.ts";
import { Failed } from "../../kube/stop.ts";
import type { BucketContext } from "../dependencies.ts";
import { canonicalStatement } from "../policy/canonical.ts";
import { isOfAccess } from "../policy/compose.ts";
import { parsePolicy, type PolicyDocument, type Statement } from "../policy/document.ts";
import { keyClient, type KeyClient } from "./key-client.ts";
import type { Target } from "../target.ts";

const POLICY = { PolicyName: "default" };

/**
 * Lets the principals of BucketAccesses, and no others of them, use the managed key, by statements of its policy; whatever else is in it stays. A policy
 * without any, now and before, is not looked at. Says why it failed, if it did: the bucket itself needs none of it.
 */
export async function shareKey(
  context: BucketContext,
  { session, bucket }: Target,
  keyArn: string | undefined,
  statements: readonly Statement[],
): Promise<Failure | undefined> {
  const { object, status, signal } = context;
  const isManaged = object.spec.encryption?.kmsKey?.managed !== undefined;
  if (keyArn === undefined || !isManaged || (statements.length === 0 && !isShared(context))) return undefined;
  try {
    await applyStatements(context, keyClient(session, bucket.region, signal), keyArn, statements);
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  if (statements.length === 0) delete status.managedKey;
  return undefined;
}

function isShared({ object }: BucketContext): boolean {
  return object.status?.managedKey?.isShared === true;
}

async function applyStatements(
  { status, progress }: BucketContext,
  client: KeyClient,
  keyArn: string,
  statements: readonly Statement[],
): Promise<void> {
  const document = await readPolicy(client, keyArn);
  status.managedKey = { ...status.managedKey, isShared: true };
  if (canonical(document.Statement.filter(isOfAccess)) === canonical(statements)) return;
  await progress(REASON.applying, "Changing who may use the KMS key of the bucket");
  const Statement = [...document.Statement.filter((each) => !isOfAccess(each)), ...statements];
  await writePolicy(client, keyArn, { ...document, Statement });
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
async function readPolicy({ kms, options }: KeyClient, keyArn: string): Promise<PolicyDocument> {
  const command = new GetKeyPolicyCommand({ KeyId: keyArn, ...POLICY });
  return parsePolicy((await kms.send(command, options).catch(failWith("kms:GetKeyPolicy", keyArn))).Policy);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
async function writePolicy({ kms, options }: KeyClient, keyArn: string, document: PolicyDocument): Promise<void> {
  const command = new PutKeyPolicyCommand({ KeyId: keyArn, ...POLICY, Policy: JSON.stringify(document) });
  await kms.send(command, options).catch(failWith("kms:PutKeyPolicy", keyArn));
}

function canonical(statements: readonly Statement[]): string {
  return JSON.stringify(statements.map((statement) => JSON.stringify(canonicalStatement(statement))).sort());
}
