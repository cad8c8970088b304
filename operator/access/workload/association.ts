import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  type EKSClient,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociation,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { REASON } from "../../api/reasons.ts";
import { clusterArn, parseArn } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import type { AwsSession } from "../../aws/session.ts";
import { type Change, compare } from "../../reconcile/change.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import type { Failure } from "../../kube/outcome.ts";
import { failed } from "../../reconcile/outcome.ts";
import { type Owner, ownershipOf } from "../../api/ownership.ts";
import { comparePolicy } from "../policy/compare.ts";
import type { DesiredAssociation } from "./desired.ts";
import type { Part } from "../../reconcile/part.ts";
import { unlessGone } from "./role/observe.ts";

/** EKS Pod Identity for one reconcile: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html */
export interface AssociationClient {
  session: AwsSession;
  /** Of the cluster. */
  region: string;
  owner: Owner;
  options: { abortSignal: AbortSignal };
  /** ARN of the one that is known. */
  known: () => string | undefined;
  /** One was just created. */
  onCreated: (arn: string | undefined) => void;
}

/** What a look at associations brought. */
export interface AssociationSight {
  /** The one of the ServiceAccount that is meant. There can be only one. */
  current: PodIdentityAssociation | undefined;
  /** Ours, of a ServiceAccount or a cluster that was meant before. */
  former: PodIdentityAssociation | undefined;
}

const LOOK_AGAIN_MS = 5_000;

/** One call where the known one is still right, none where there is none and is to be none. */
export async function lookAtAssociation(
  client: AssociationClient,
  desired: DesiredAssociation | undefined,
): Promise<AssociationSight> {
  const known = client.known();
  const one = known === undefined ? undefined : await describe(client, known);
  if (one !== undefined && desired !== undefined && isOf(one, desired)) return { current: one, former: undefined };
  const former = one !== undefined && isOurs(one, client.owner) ? one : undefined;
  return { current: desired && (await find(client, desired)), former };
}

/** By its ServiceAccount. */
async function find(
  client: AssociationClient,
  desired: DesiredAssociation,
): Promise<PodIdentityAssociation | undefined> {
  const { clusterName, namespace, serviceAccount } = desired;
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

async function describe(client: AssociationClient, arn: string): Promise<PodIdentityAssociation | undefined> {
  const command = new DescribePodIdentityAssociationCommand(refOf(arn));
  const answer = eksOf(client, arn).send(command, client.options);
  return (await unlessGone(answer, "eks:DescribePodIdentityAssociation", arn))?.association;
}

export function associationPart(
  client: AssociationClient,
  desired: DesiredAssociation | undefined,
  { current, former }: AssociationSight,
): Part {
  const blocked = current && !isOurs(current, client.owner) ? notOwned(current) : undefined;
  return {
    setting: "association",
    desired,
    changes: [
      ...(former ? compare(`[${former.serviceAccount}]`, undefined, former.roleArn) : []),
      ...(desired ? changesOf(desired, current) : []),
    ],
    ...(blocked && { blocked }),
    write: async () => {
      if (former?.associationArn !== undefined) await deleteAssociation(client, former.associationArn);
      if (desired === undefined || changesOf(desired, current).length === 0) return;
      if (current?.associationArn === undefined) await create(client, desired);
      else await update(client, desired, current, current.associationArn);
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

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html */
async function create(client: AssociationClient, desired: DesiredAssociation): Promise<void> {
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
      return failWith(actions, clusterOf(client, clusterName))(error);
    });
  client.onCreated(answer.association?.associationArn);
}

/** What is to go is sent as an empty text: https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdatePodIdentityAssociation.html */
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
  await eksOf(client, arn).send(command, client.options).catch(failWith(actions, arn));
}

/** The owner's association, the known one or the one of `desired`; one that is not tagged as the owner's stays. */
export async function removeAssociation(
  client: AssociationClient,
  desired: DesiredAssociation | undefined,
): Promise<void> {
  const { current, former } = await lookAtAssociation(client, desired);
  for (const association of [current, former]) {
    if (association?.associationArn === undefined || !isOurs(association, client.owner)) continue;
    await deleteAssociation(client, association.associationArn);
  }
}

async function deleteAssociation(client: AssociationClient, arn: string): Promise<void> {
  const command = new DeletePodIdentityAssociationCommand(refOf(arn));
  await unlessGone(eksOf(client, arn).send(command, client.options), "eks:DeletePodIdentityAssociation", arn);
}

function isOf(
  { clusterName, namespace, serviceAccount }: PodIdentityAssociation,
  desired: DesiredAssociation,
): boolean {
  return (
    clusterName === desired.clusterName && namespace === desired.namespace && serviceAccount === desired.serviceAccount
  );
}

function isOurs({ tags = {} }: PodIdentityAssociation, owner: Owner): boolean {
  return ownershipOf(tags, owner) === "Ours";
}

/** Perhaps by an earlier try whose answer was lost: EKS shows it within seconds, and then whose it is. */
function notYetSeen({ serviceAccount }: DesiredAssociation): Failure {
  const message = `The association of ServiceAccount '${serviceAccount}' was just created, and is not to be seen yet`;
  return { reason: REASON.settling, message, retryAfterMs: LOOK_AGAIN_MS };
}

/** Does not say whose it is: the reader may have no business there. */
function notOwned({ serviceAccount, clusterName }: PodIdentityAssociation): Failure {
  const message =
    `ServiceAccount '${serviceAccount}' has a Pod Identity association in cluster '${clusterName}' that is not this object's, and can have only one: ` +
    "delete that one, or name another ServiceAccount";
  return { reason: REASON.associationNotOwned, message, terminal: true };
}

/** `arn:aws:eks:<region>:<account>:podidentityassociation/<cluster>/<id>` */
function refOf(arn: string): { clusterName: string; associationId: string } {
  const [, clusterName = "", associationId = ""] = parseArn(arn)?.resource.split("/") ?? [];
  return { clusterName, associationId };
}

function eksOf({ session, region }: AssociationClient, arn?: string): EKSClient {
  return session.eks((arn && parseArn(arn)?.region) || region);
}

function clusterOf({ session, region }: AssociationClient, name: string): string {
  return clusterArn(session.partition, region, session.accountId, name);
}
