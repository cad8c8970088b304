import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import { policyBytes, type PolicyDocument } from "../../aws/policy/document.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { failed, waiting } from "../../reconcile/outcome.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext, BucketDependencies, Contributions } from "../dependencies.ts";
import { shareKey } from "../key/share.ts";
import { hasSidAmong, isOfAccess } from "../policy/compose.ts";
import { writePolicy } from "../policy/write.ts";
import { policy } from "../settings/policy.ts";
import { resolveTarget } from "../target.ts";
import { readOwnTags } from "./own-bucket.ts";

/** Maximum of BucketAccesses named in a message. */
const MAX_NAMED = 5;

/** Throws an OutcomeError while BucketAccesses refer to the bucket. Removes the statements of those being deleted. */
export async function waitForUsers(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object } = context;
  const users = dependencies.uses.usersOf(object);
  if (users.length === 0) return;
  if (object.spec.mode !== "Observe" && object.status?.arn !== undefined)
    await withdrawStatements(dependencies, context);
  throw inUse(object.metadata.namespace ?? "", users);
}

async function withdrawStatements(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, signal } = context;
  const target = await resolveTarget(dependencies, object, signal);
  if ((await readOwnTags(target.bucket, target.owner)) === undefined) return;
  const keyArn = object.status?.kmsKeyArn;
  const wanted = dependencies.uses.contributionsOf(object, target.account, target.bucket, keyArn);
  await keepStatements(context, target.bucket, wanted);
  const failure = await shareKey(context, target, keyArn, wanted);
  if (failure !== undefined) throw failed(failure);
}

/** Removes all other statements of BucketAccesses from the bucket policy. */
async function keepStatements(
  { status }: BucketContext,
  bucket: BucketClient,
  { bucketPolicy, pausedSids }: Contributions,
): Promise<void> {
  const observed = await policy.observe(bucket).catch(throwFailure("s3:GetBucketPolicy", bucket.arn));
  const document = observed as PolicyDocument;
  const sids = new Set(bucketPolicy.map(({ Sid }) => Sid));
  const Statement = document.Statement.filter(
    (each) => !isOfAccess(each) || sids.has(each.Sid) || hasSidAmong(each, pausedSids),
  );
  if (Statement.length === document.Statement.length) return;
  await writePolicy(bucket, { ...document, Statement }, document).catch(throwFailure("s3:PutBucketPolicy", bucket.arn));
  status.policy = { ...status.policy, bytes: policyBytes({ ...document, Statement }) };
}

function inUse(namespace: string, users: readonly BucketAccess[]): Error {
  const names = users
    .map(({ metadata }) =>
      metadata.namespace === namespace ? metadata.name : `${metadata.namespace}/${metadata.name}`,
    )
    .sort();
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const message =
    `The bucket is kept while BucketAccesses refer to it: ${names.slice(0, MAX_NAMED).join(", ")}${more}. ` +
    "Delete them, or, for those in other namespaces, remove spec.access";
  return waiting(REASON.bucketInUse, message, DELAY_MS.reference);
}
