/**
 * Pod Identity associations.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */

import { randomBytes } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { Cluster, PodIdentityAssociation } from "../state.ts";
import { changes, checkRoles, creation } from "./association-input.ts";
import { clusterOf } from "./clusters.ts";
import { pageOf } from "./page.ts";
import { text, type EksContext, type EksInput, type EksRoute } from "./route.ts";

const ALL = /^\/clusters\/([^/]+)\/pod-identity-associations$/;
const ONE = /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/;
const CHANGEABLE = ["roleArn", "targetRoleArn", "disableSessionTags", "policy", "clientRequestToken"];

export const podIdentityRoutes: EksRoute[] = [
  {
    operation: "CreatePodIdentityAssociation",
    method: "POST",
    path: ALL,
    write: true,
    parameters: ["namespace", "serviceAccount", "tags", ...CHANGEABLE],
    furtherActions: (input) => new Map<string, string | undefined>([...passRole(input), ...tagResource(input)]),
    handle: (input, context) => ({ association: shown(create(input, context)) }),
  },
  {
    operation: "ListPodIdentityAssociations",
    method: "GET",
    path: ALL,
    write: false,
    parameters: ["namespace", "serviceAccount", "maxResults", "nextToken"],
    handle: (input, context) => {
      const [namespace, serviceAccount] = [text(input, "namespace"), text(input, "serviceAccount")];
      const wanted = [...clusterOf(context).podIdentityAssociations.values()].filter(
        (each) =>
          (namespace ?? each.namespace) === each.namespace &&
          (serviceAccount ?? each.serviceAccount) === each.serviceAccount,
      );
      const { items, rest } = pageOf(wanted, ({ id }) => id, input);
      return { associations: items.map(summary), ...rest };
    },
  },
  {
    operation: "DescribePodIdentityAssociation",
    method: "GET",
    path: ONE,
    write: false,
    parameters: [],
    handle: (_, context) => ({ association: shown(associationOf(context)) }),
  },
  {
    operation: "UpdatePodIdentityAssociation",
    method: "POST",
    path: ONE,
    write: true,
    parameters: CHANGEABLE,
    furtherActions: passRole,
    handle: (input, context) => {
      const association = associationOf(context);
      const changed = { ...association, ...changes(input, association, context) };
      checkRoles(changed, context);
      return { association: shown(Object.assign(association, changed, { modifiedAt: context.world.now() })) };
    },
  },
  {
    operation: "DeletePodIdentityAssociation",
    method: "DELETE",
    path: ONE,
    write: true,
    parameters: [],
    handle: (_, context) => {
      const association = associationOf(context);
      clusterOf(context).podIdentityAssociations.delete(association.id);
      return { association: shown(association) };
    },
  },
];

/** Repeating a request returns the same association. A different one for the same service account is refused. */
function create(input: EksInput, context: EksContext): PodIdentityAssociation {
  const cluster = clusterOf(context);
  const given = creation(input, context);
  const existing = [...cluster.podIdentityAssociations.values()].find(
    ({ namespace, serviceAccount }) => namespace === given.namespace && serviceAccount === given.serviceAccount,
  );
  if (existing !== undefined && isRepetition(input, existing)) return existing;
  if (existing !== undefined) {
    throw new AwsError(409, "ResourceInUseException", `Association already exists: ${existing.id}`);
  }
  checkRoles(given, context);
  return added(cluster, given, context);
}

function added(
  { podIdentityAssociations, name: clusterName, region }: Cluster,
  given: ReturnType<typeof creation>,
  { world, caller }: EksContext,
): PodIdentityAssociation {
  const id = `a-${randomBytes(9).toString("hex").slice(0, 17)}`;
  const arn = `arn:aws:eks:${region}:${caller.accountId}:podidentityassociation/${clusterName}/${id}`;
  const association = { ...given, id, arn, clusterName, createdAt: world.now(), modifiedAt: world.now() };
  podIdentityAssociations.set(id, association);
  return association;
}

function isRepetition(input: EksInput, { clientRequestToken, roleArn }: PodIdentityAssociation): boolean {
  return (
    clientRequestToken !== undefined &&
    clientRequestToken === text(input, "clientRequestToken") &&
    roleArn === text(input, "roleArn")
  );
}

function associationOf(context: EksContext): PodIdentityAssociation {
  const id = context.names[1] ?? "";
  const association = clusterOf(context).podIdentityAssociations.get(id);
  if (association !== undefined) return association;
  throw new AwsError(404, "ResourceNotFoundException", `No pod identity association found for id: ${id}.`);
}

function summary({ clusterName, namespace, serviceAccount, arn, id }: PodIdentityAssociation): object {
  return { clusterName, namespace, serviceAccount, associationArn: arn, associationId: id };
}

/** The association as answers have it, with times in seconds. */
function shown(association: PodIdentityAssociation): object {
  const { roleArn, targetRoleArn, externalId, disableSessionTags, policy, tags, createdAt, modifiedAt } = association;
  return {
    ...summary(association),
    roleArn,
    targetRoleArn,
    externalId,
    disableSessionTags,
    policy,
    tags: Object.fromEntries(tags),
    createdAt: createdAt / 1000,
    modifiedAt: modifiedAt / 1000,
  };
}

/** The caller needs iam:PassRole: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html */
function passRole(input: EksInput): Map<string, string> {
  const roleArn = text(input, "roleArn");
  return new Map(roleArn === undefined ? [] : [["iam:PassRole", roleArn]]);
}

function tagResource(input: EksInput): Map<string, undefined> {
  return new Map(input["tags"] === undefined ? [] : [["eks:TagResource", undefined]]);
}
