import { DescribePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import type { BucketAccess } from "../../api/types.ts";
import { parseArn } from "../../aws/arn.ts";
import { parsePolicy } from "../../aws/policy/document.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { Association, Findings, Read, Simulated } from "../findings.ts";
import { isClear } from "../layers/identity.ts";
import { foreignSide, kmsActionOf, s3Request, type Question } from "../question.ts";
import type { RecordedAccess } from "../recorded.ts";
import { readBucketPolicy, readKey, readRestrictedAsPublic } from "./bucket.ts";
import { mapRead, readOrRemedy } from "./read-or-remedy.ts";
import { readRole, readTrust, simulate } from "./role.ts";

/** Reads what the layers need; the role's policies only if AWS's simulation is denied or does not allow the request. */
export async function readFindings(
  session: AwsSession,
  { spec }: BucketAccess,
  { role }: RecordedAccess,
  question: Question,
): Promise<Findings> {
  const foreign = foreignSide(question, session.accountId);
  const isShared = spec.role?.type === "Shared";
  const request = s3Request(question);
  const [s3, onBucket, association, trust] = await Promise.all([
    foreign === "Role"
      ? { request, simulation: { remedy: "ask the role's account" } }
      : simulate(session.iam(), request),
    foreign === "Bucket" ? ofBucketOwner(question) : readBucket(session, question, foreign),
    role?.associationArn === undefined ? undefined : readAssociation(session, role.associationArn),
    role?.serviceAccount === undefined || isShared ? undefined : readTrust(session.iam(), role.arn),
  ]);
  const { key } = onBucket;
  const asked: Simulated[] = key?.value === undefined ? [s3] : [s3, key.value.use];
  const isClearForAll = asked.every(({ simulation }) => isClear(simulation.value));
  const policies = foreign === "Role" || isClearForAll ? undefined : await readRole(session.iam(), question.roleArn);
  const narrowed = mapRead(association ?? { value: undefined }, (found) => found?.policy);
  return { s3, foreign, role: policies, association, trust, session: isShared ? narrowed : undefined, ...onBucket };
}

type BucketFindings = Pick<Findings, "bucketPolicy" | "key" | "restrictedAsPublic">;

async function readBucket(
  session: AwsSession,
  question: Question,
  foreign: Findings["foreign"],
): Promise<BucketFindings> {
  const [bucketPolicy, key, restrictedAsPublic] = await Promise.all([
    readBucketPolicy(session, question),
    readKey(session, question, foreign !== undefined),
    foreign === undefined ? undefined : readRestrictedAsPublic(session, question),
  ]);
  return { bucketPolicy, key, restrictedAsPublic };
}

/** Nothing of a bucket of another account can be read. */
function ofBucketOwner({ action, bucket }: Question): BucketFindings {
  const unknown = { remedy: `ask account ${bucket.accountId} to compare it with status.ownerPolicies` };
  return {
    bucketPolicy: unknown,
    key: kmsActionOf(action) === undefined ? undefined : unknown,
    restrictedAsPublic: unknown,
  };
}

async function readAssociation(session: AwsSession, arn: string): Promise<Read<Association | undefined>> {
  const { region = "", resource = "" } = parseArn(arn) ?? {};
  const [, clusterName, associationId] = resource.split("/");
  if (associationId === undefined) return { value: undefined };
  const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
  const answer = await readOrRemedy("eks:DescribePodIdentityAssociation", session.eks(region).send(command));
  return mapRead(answer, (value) => {
    if (value?.association === undefined) return undefined;
    const { roleArn = "", policy } = value.association;
    return { roleArn, ...(policy !== undefined && { policy: parsePolicy(policy) }) };
  });
}
