import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  UpdatePodIdentityAssociationCommand,
  type EKSClient,
  type PodIdentityAssociation,
} from "@aws-sdk/client-eks";
import { isOfNamespace, isOwnedBy, type RoleOwner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import { clusterArn, parseArn } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { AwsSession } from "../../aws/session.ts";
import { throwFailure, unlessGone } from "../../reconcile/aws-failure.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { failed, failureIn, type Failure } from "../../reconcile/outcome.ts";
import type { WritablePart } from "../../reconcile/part.ts";
import { comparePolicy } from "../policy/compare.ts";
import type { DesiredAssociation } from "./desired.ts";

/** EKS Pod Identity for one reconcile: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html */
export interface AssociationClient {
  session: AwsSession;
  /** Region of the cluster. */
  region: string;
  owner: RoleOwner;
  options: { abortSignal: AbortSignal };
}

export interface AssociationObservation {
  /** The association of the desired ServiceAccount, which can have only one. */
  current: PodIdentityAssociation | undefined;
  /** The owner's association of a ServiceAccount or cluster that the spec named before. */
  former: PodIdentityAssociation | undefined;
}

/**
 * One call if the association with the ARN `known` is still the desired one; none if none is known or desired.
 * @param known from status, where a user may have written it
 */
export async function observeAssociation(
  client: AssociationClient,
  known: string | undefined,
  desired: DesiredAssociation | undefined,
): Promise<AssociationObservation> {
  const one = known === undefined || !isHere(client, known) ? undefined : await describeKnown(client, known, desired);
  if (one !== undefined && desired !== undefined && isOf(one, desired)) return { current: one, former: undefined };
  const former = one !== undefined && isOurs(one, client.owner) ? one : undefined;
  return { current: desired && (await findAssociation(client, desired)), former };
}

/** Finds the association of the ServiceAccount, which can have only one. */
export async function findAssociation(
  client: AssociationClient,
  { clusterName, namespace, serviceAccount }: Pick<DesiredAssociation, "clusterName" | "namespace" | "serviceAccount">,
): Promise<PodIdentityAssociation | undefined> {
  const eks = eksOf(client);
  const command = new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount });
  const list = await unlessGone(
    eks.send(command, client.options),
    "eks:ListPodIdentityAssociations",
    clusterOf(client, clusterName),
  );
  const arn = list?.associations?.[0]?.associationArn;
  return arn === undefined ? undefined : describe(client, arn);
}

/** The ARN may name a cluster that is none of the operator's. */
async function describeKnown(
  client: AssociationClient,
  known: string,
  desired: DesiredAssociation | undefined,
): Promise<PodIdentityAssociation | undefined> {
  try {
    return await describe(client, known);
  } catch (error) {
    const isDesired = refOf(known).clusterName === desired?.clusterName;
    if (!isDesired && failureIn(error)?.reason === "AccessDenied") return undefined;
    throw error;
  }
}

function isHere({ session, region }: AssociationClient, arn: string): boolean {
  const parts = parseArn(arn);
  const isOfAccount = parts?.accountId === session.accountId && parts.region === region && parts.service === "eks";
  return isOfAccount && /^podidentityassociation\/[A-Za-z0-9][\w-]{0,99}\/a-[a-z0-9]+$/.test(parts.resource);
}

async function describe(client: AssociationClient, arn: string): Promise<PodIdentityAssociation | undefined> {
  const command = new DescribePodIdentityAssociationCommand(refOf(arn));
  const answer = eksOf(client).send(command, client.options);
  return (await unlessGone(answer, "eks:DescribePodIdentityAssociation", arn))?.association;
}

export function associationPart(
  client: AssociationClient,
  desired: DesiredAssociation | undefined,
  { current, former }: AssociationObservation,
  noteCreated: (associationArn: string) => void,
): WritablePart {
  const blocked = current && !isOurs(current, client.owner) ? notOwned(current) : undefined;
  return {
    name: "association",
    desired,
    changes: [
      ...(former ? compare(`[${former.serviceAccount}]`, undefined, former.roleArn) : []),
      ...(desired ? changesOf(desired, current) : []),
    ],
    ...(blocked && { blocked }),
    write: async () => {
      if (former?.associationArn !== undefined) await deleteAssociation(client, former.associationArn);
      if (desired === undefined || changesOf(desired, current).length === 0) return;
      if (current?.associationArn === undefined) {
        const created = await create(client, desired);
        if (created !== undefined) noteCreated(created);
      } else await update(client, desired, current, current.associationArn);
    },
  };
}

function changesOf({ roleArn, policy }: DesiredAssociation, current: PodIdentityAssociation | undefined): Change[] {
  return [
    ...compare("roleArn", roleArn, current?.roleArn),
    ...(policy ? comparePolicy(policy, current?.policy) : compare("policy", undefined, current?.policy)),
    ...compare("disableSessionTags", policy !== undefined, current?.disableSessionTags ?? false),
    ...compare("targetRoleArn", undefined, current?.targetRoleArn),
  ];
}

/** Returns the ARN. https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html */
async function create(client: AssociationClient, desired: DesiredAssociation): Promise<string | undefined> {
  const { clusterName, namespace, serviceAccount, roleArn, policy, tags } = desired;
  const command = new CreatePodIdentityAssociationCommand({
    clusterName,
    namespace,
    serviceAccount,
    roleArn,
    tags,
    // EKS takes a policy only where roles cannot trust by session tags.
    ...(policy && { policy: JSON.stringify(policy), disableSessionTags: true }),
  });
  const actions = "eks:CreatePodIdentityAssociation, eks:TagResource and, on the role, iam:PassRole";
  const answer = await eksOf(client)
    .send(command, client.options)
    .catch((error: unknown) => {
      if (awsErrorKind(error) === "AlreadyExists") throw failed(notYetSeen(desired));
      return throwFailure(actions, clusterOf(client, clusterName))(error);
    });
  return answer.association?.associationArn;
}

/**
 * An empty text removes a field.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdatePodIdentityAssociation.html
 */
async function update(
  client: AssociationClient,
  { roleArn, policy }: DesiredAssociation,
  current: PodIdentityAssociation,
  arn: string,
): Promise<void> {
  const text = policy === undefined ? current.policy && "" : JSON.stringify(policy);
  const command = new UpdatePodIdentityAssociationCommand({
    ...refOf(arn),
    roleArn,
    disableSessionTags: policy !== undefined,
    ...(text !== undefined && { policy: text }),
    ...(current.targetRoleArn && { targetRoleArn: "" }),
  });
  const actions = "eks:UpdatePodIdentityAssociation and, on the role, iam:PassRole";
  await eksOf(client).send(command, client.options).catch(throwFailure(actions, arn));
}

/** Deletes the owner's association: the one with the ARN `known`, and that of the ServiceAccount `of`. */
export async function removeAssociation(
  client: AssociationClient,
  known: string | undefined,
  of: DesiredAssociation | undefined,
  mayRemove: () => Promise<boolean>,
): Promise<void> {
  const { current, former } = await observeAssociation(client, known, of);
  for (const association of [current, former]) {
    if (association?.associationArn === undefined || !isOurs(association, client.owner)) continue;
    if (await mayRemove()) await deleteAssociation(client, association.associationArn);
  }
}

/** Writes the session policy of the owner's association, if there is one and it has another policy. */
export async function writeSessionPolicy(
  client: AssociationClient,
  of: DesiredAssociation,
  policyOf: (found: string | undefined) => Promise<PolicyDocument>,
): Promise<void> {
  const current = await findAssociation(client, of);
  if (current?.associationArn === undefined || !isOurs(current, client.owner)) return;
  const desired = { ...of, roleArn: current.roleArn ?? "", policy: await policyOf(current.policy) };
  if (changesOf(desired, current).length > 0) await update(client, desired, current, current.associationArn);
}

async function deleteAssociation(client: AssociationClient, arn: string): Promise<void> {
  const command = new DeletePodIdentityAssociationCommand(refOf(arn));
  await unlessGone(eksOf(client).send(command, client.options), "eks:DeletePodIdentityAssociation", arn);
}

function isOf(
  { clusterName, namespace, serviceAccount }: PodIdentityAssociation,
  desired: DesiredAssociation,
): boolean {
  return (
    clusterName === desired.clusterName && namespace === desired.namespace && serviceAccount === desired.serviceAccount
  );
}

/** An association of an earlier release has the tag of a BucketAccess. Its ServiceAccount is its own, not a tag. */
function isOurs({ tags = {}, serviceAccount }: PodIdentityAssociation, owner: RoleOwner): boolean {
  return isOwnedBy(tags, owner) || (serviceAccount === owner.name && isOfNamespace(tags, owner));
}

/** An earlier request may have created it and its answer was lost: EKS shows it, with its owner, within seconds. */
function notYetSeen({ serviceAccount }: DesiredAssociation): Failure {
  const message = `The association of ServiceAccount '${serviceAccount}' was just created, and is not visible yet`;
  return { reason: REASON.settling, message, retryAfterMs: DELAY_MS.visible };
}

/** Does not name the owner: another namespace may not be disclosed. */
function notOwned({ serviceAccount, clusterName }: PodIdentityAssociation): Failure {
  const message =
    `ServiceAccount '${serviceAccount}' has a Pod Identity association in cluster '${clusterName}' that is not the operator's, and can have only one: ` +
    "delete that one, or name another ServiceAccount";
  return { reason: REASON.associationNotOwned, message, terminal: true };
}

/** `arn:aws:eks:<region>:<account>:podidentityassociation/<cluster>/<id>` */
function refOf(arn: string): { clusterName: string; associationId: string } {
  const [, clusterName = "", associationId = ""] = parseArn(arn)?.resource.split("/") ?? [];
  return { clusterName, associationId };
}

function eksOf({ session, region }: AssociationClient): EKSClient {
  return session.eks(region);
}

function clusterOf({ session, region }: AssociationClient, name: string): string {
  return clusterArn(session.partition, region, session.accountId, name);
}
