import { DescribeKeyCommand, GetKeyPolicyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand as GetAccountPublicAccessBlockCommand } from "@aws-sdk/client-s3-control";
import { dnsSuffix } from "../../aws/arn.ts";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import type { PolicyRequest } from "../../aws/policy/evaluation/request.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { KeyFindings, Read, Simulated } from "../findings.ts";
import { kmsActionOf, kmsRequest, type Question } from "../question.ts";
import { allRead, mapRead, readOrRemedy } from "./read-or-remedy.ts";
import { simulate } from "./role.ts";

export async function readBucketPolicy(session: AwsSession, { bucket }: Question): Promise<Read<PolicyDocument>> {
  const answer = await readOrRemedy(
    "s3:GetBucketPolicy",
    session.s3(bucket.region).send(new GetBucketPolicyCommand(refOf(bucket))),
  );
  return mapRead(answer, (value) => parsePolicy(value?.Policy));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export async function readRestrictedAsPublic(session: AwsSession, { bucket }: Question): Promise<Read<boolean>> {
  const [s3, s3Control] = [session.s3(bucket.region), session.s3Control(bucket.region)];
  const ofAccount = new GetAccountPublicAccessBlockCommand({ AccountId: session.accountId });
  const [status, onBucket, onAccount] = await Promise.all([
    readOrRemedy("s3:GetBucketPolicyStatus", s3.send(new GetBucketPolicyStatusCommand(refOf(bucket)))),
    readOrRemedy("s3:GetBucketPublicAccessBlock", s3.send(new GetPublicAccessBlockCommand(refOf(bucket)))),
    readOrRemedy("s3:GetAccountPublicAccessBlock", s3Control.send(ofAccount)),
  ]);
  const isPublic = mapRead(status, (value) => value?.PolicyStatus?.IsPublic === true);
  if (isPublic.value === false) return { value: false };
  const restricted = mapRead(allRead([onBucket, onAccount]), (settings) => {
    return settings.some((value) => value?.PublicAccessBlockConfiguration?.RestrictPublicBuckets === true);
  });
  return mapRead(allRead([isPublic, restricted]), (both) => both.every(Boolean));
}

/** Reads the key of the bucket's default encryption. Value undefined: the bucket does not encrypt with KMS. */
export async function readKey(
  session: AwsSession,
  question: Question,
  foreign: boolean,
): Promise<Read<KeyFindings | undefined> | undefined> {
  const { bucket } = question;
  const action = kmsActionOf(question.action);
  if (action === undefined) return undefined;
  const command = new GetBucketEncryptionCommand(refOf(bucket));
  const answer = await readOrRemedy("s3:GetEncryptionConfiguration", session.s3(bucket.region).send(command));
  if (answer.remedy !== undefined) return { remedy: answer.remedy };
  const rule = answer.value?.ServerSideEncryptionConfiguration?.Rules?.[0];
  const { SSEAlgorithm = "AES256", KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  if (!SSEAlgorithm.startsWith("aws:kms")) return { value: undefined };
  const id = KMSMasterKeyID ?? "alias/aws/s3";
  const described = await readOrRemedy(
    "kms:DescribeKey",
    session.kms(bucket.region).send(new DescribeKeyCommand({ KeyId: id })),
  );
  const { Arn: arn = id, KeyState } = described.value?.KeyMetadata ?? {};
  const request = kmsRequest(question, action, arn, rule?.BucketKeyEnabled === true, dnsSuffix(bucket.region));
  const isKnown = described.value?.KeyMetadata?.Arn !== undefined;
  const [policy, use] = await Promise.all([
    isKnown ? readKeyPolicy(session, question, arn) : { remedy: "allow kms:DescribeKey" },
    isKnown && !foreign ? simulateUse(session, request) : unknownUse(request),
  ]);
  const isManagedByAws = isAwsOwn(id, described.value?.KeyMetadata);
  return { value: { arn, state: mapRead(described, () => KeyState), isManagedByAws, policy, use } };
}

function unknownUse(request: PolicyRequest): Simulated {
  return { request, simulation: { remedy: "see the role's policies" } };
}

/** Drops a denial: the simulation does not read the key's policy, which may allow the request. */
async function simulateUse(session: AwsSession, request: PolicyRequest): Promise<Simulated> {
  const simulated = await simulate(session.iam(), request);
  return simulated.simulation.value?.allowed === false ? unknownUse(request) : simulated;
}

function isAwsOwn(id: string, metadata: KeyMetadata | undefined): boolean {
  return id.endsWith("alias/aws/s3") || metadata?.KeyManager === "AWS";
}

async function readKeyPolicy(session: AwsSession, { bucket }: Question, KeyId: string): Promise<Read<PolicyDocument>> {
  const command = new GetKeyPolicyCommand({ KeyId, PolicyName: "default" });
  const answer = await readOrRemedy("kms:GetKeyPolicy", session.kms(bucket.region).send(command));
  return mapRead(answer, (value) => parsePolicy(value?.Policy));
}

function refOf({ name, accountId }: Question["bucket"]) {
  return { Bucket: name, ExpectedBucketOwner: accountId };
}
