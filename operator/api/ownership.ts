import { GROUP } from "./names.ts";

/**
 * The S3Bucket that owns a bucket. Stored only in the bucket's tags, so that an S3Bucket that was restored from a
 * backup, or lost its status, still finds its bucket.
 */
export interface Owner {
  cluster: string;
  namespace: string;
  name: string;
}

/** How the operator got the bucket. Decides the default of spec.baseline. */
export type Origin = "Created" | "Adopted";

export type Tags = Readonly<Record<string, string>>;

const TAG = {
  cluster: `${GROUP}/cluster`,
  namespace: `${GROUP}/namespace`,
  name: `${GROUP}/name`,
  origin: `${GROUP}/origin`,
  releasedBy: `${GROUP}/released-by`,
  expiringSince: `${GROUP}/expiring-since`,
};

/** Present on a released bucket, absent on a claimed one. */
export const RELEASED_BY_TAG = TAG.releasedBy;

/**
 * Present while S3 Lifecycle empties the bucket, with the start time. Status has it too, but may be lost: then S3 would
 * continue to expire a bucket that is to be kept.
 */
export const EXPIRING_TAG = TAG.expiringSince;

/** Removed for a while if a bucket has as many tags as S3 allows: status has the origin too. */
export const ORIGIN_TAG = TAG.origin;

/** A release removes these tags. The origin stays, in case the bucket is claimed again. */
export const CLAIM_TAGS: readonly string[] = [TAG.cluster, TAG.namespace, TAG.name];

export function ownershipTags(owner: Owner, origin: Origin): Tags {
  return {
    [TAG.cluster]: owner.cluster,
    [TAG.namespace]: owner.namespace,
    [TAG.name]: owner.name,
    [TAG.origin]: origin,
  };
}

export function releaseTag(owner: Owner): Tags {
  return { [TAG.releasedBy]: `${owner.cluster}/${owner.namespace}/${owner.name}` };
}

export function originTag(origin: Origin | undefined): Tags {
  return origin === undefined ? {} : { [TAG.origin]: origin };
}

export function originOf(tags: Tags): Origin | undefined {
  const origin = tags[TAG.origin];
  return origin === "Created" || origin === "Adopted" ? origin : undefined;
}

/** Whether an S3Bucket of any cluster owns the bucket. */
export function isClaimed(tags: Tags): boolean {
  return CLAIM_TAGS.some((key) => Object.hasOwn(tags, key));
}

/** `Ours`: claimed or released by this object. `Other`: claimed by another object. `Unclaimed`: not claimed. */
export type Ownership = "Ours" | "Other" | "Unclaimed";

export function ownershipOf(tags: Tags, owner: Owner): Ownership {
  const claims = [tags[TAG.cluster], tags[TAG.namespace], tags[TAG.name]];
  if (claims.every((claim) => claim === undefined)) {
    return tags[TAG.releasedBy] === releaseTag(owner)[TAG.releasedBy] ? "Ours" : "Unclaimed";
  }
  const ours = [owner.cluster, owner.namespace, owner.name];
  return claims.every((claim, index) => claim === ours[index]) ? "Ours" : "Other";
}

/**
 * Owner of a role and of a Pod Identity association: a ServiceAccount, whose BucketAccesses share them, or the one
 * BucketAccess of web identities.
 */
export interface RoleOwner extends Owner {
  kind: "ServiceAccount" | "BucketAccess";
}

const SERVICE_ACCOUNT_TAG = `${GROUP}/service-account`;

/** On an existing role: the ServiceAccounts that may get it, as `cluster/namespace/name`, separated by spaces. */
export const CONSENT_TAG = `${GROUP}/service-accounts`;

export function roleTags({ cluster, namespace, kind, name }: RoleOwner): Tags {
  return {
    [TAG.cluster]: cluster,
    [TAG.namespace]: namespace,
    [kind === "ServiceAccount" ? SERVICE_ACCOUNT_TAG : TAG.name]: name,
  };
}

/** The owner in this cluster that the tags of a role or an association name; undefined: none. */
export function roleOwnerIn(tags: Tags, cluster: string): RoleOwner | undefined {
  const { [TAG.namespace]: namespace, [SERVICE_ACCOUNT_TAG]: serviceAccount, [TAG.name]: access } = tags;
  const name = serviceAccount ?? access;
  if (tags[TAG.cluster] !== cluster || namespace === undefined || name === undefined) return undefined;
  return { cluster, namespace, kind: serviceAccount === undefined ? "BucketAccess" : "ServiceAccount", name };
}

/** Whether the tags of a role or an association name this owner and no other. */
export function isOwnedBy(tags: Tags, owner: RoleOwner): boolean {
  const wanted = roleTags(owner);
  const keys = [TAG.cluster, TAG.namespace, TAG.name, SERVICE_ACCOUNT_TAG];
  return keys.every((key) => tags[key] === wanted[key]);
}

/** Whether the tags are those of a BucketAccess of the owner's namespace, as on associations of earlier releases. */
export function isOfNamespace(tags: Tags, { cluster, namespace }: Pick<Owner, "cluster" | "namespace">): boolean {
  const isAccess = tags[TAG.name] !== undefined && tags[SERVICE_ACCOUNT_TAG] === undefined;
  return isAccess && tags[TAG.cluster] === cluster && tags[TAG.namespace] === namespace;
}

/** Whether the role's owner lets the ServiceAccount have it. */
export function consentsTo(tags: Tags, owner: RoleOwner): boolean {
  return (tags[CONSENT_TAG] ?? "").split(" ").includes(consentOf(owner));
}

/** What {@link CONSENT_TAG} must contain. */
export function consentOf({ cluster, namespace, name }: RoleOwner): string {
  return `${cluster}/${namespace}/${name}`;
}
