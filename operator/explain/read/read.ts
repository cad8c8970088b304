import { DescribePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import type { BucketAccess } from "../../api/types.ts";
import { parseArn } from "../../aws/arn.ts";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { Findings, Read, Simulated } from "../findings.ts";
import { isClear } from "../layers/identity.ts";
import { isForeign, s3Request, type Question } from "../question.ts";
import { readBucketPolicy, readKey, readRestrictedAsPublic } from "./bucket.ts";
import { mapRead, readOrRemedy } from "./read-or-remedy.ts";
import { readRole, simulate } from "./role.ts";

/** Reads what the layers need; the role's policies only if AWS's simulation is denied or does not allow the request. */
export async function readFindings(session: AwsSession, access: BucketAccess, question: Question): Promise<Findings> {
  const foreign = isForeign(question);
  const request = s3Request(question);
  const [s3, bucketPolicy, key, restrictedAsPublic, narrowed] = await Promise.all([
    foreign ? { request, simulation: { remedy: "ask the role's account" } } : simulate(session.iam(), request),
    readBucketPolicy(session, question),
    readKey(session, question, foreign),
    foreign ? readRestrictedAsPublic(session, question) : undefined,
    access.spec.role?.type === "Shared" ? readSessionPolicy(session, access) : undefined,
  ]);
  const asked: Simulated[] = key?.value === undefined ? [s3] : [s3, key.value.use];
  const isClearForAll = asked.every(({ simulation }) => isClear(simulation.value));
  const role = foreign || isClearForAll ? undefined : await readRole(session.iam(), question.roleArn);
  return { s3, foreign, role, session: narrowed, bucketPolicy, restrictedAsPublic, key };
}

async function readSessionPolicy(
  session: AwsSession,
  { status }: BucketAccess,
): Promise<Read<PolicyDocument | undefined>> {
  const { region = "", resource = "" } = parseArn(status?.roles?.[0]?.associationArn ?? "") ?? {};
  const [, clusterName, associationId] = resource.split("/");
  if (associationId === undefined) return { value: undefined };
  const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
  const answer = await readOrRemedy("eks:DescribePodIdentityAssociation", session.eks(region).send(command));
  return mapRead(answer, (value) =>
    value?.association?.policy === undefined ? undefined : parsePolicy(value.association.policy),
  );
}
