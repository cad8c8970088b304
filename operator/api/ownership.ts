import { GROUP } from "./names.ts";

/**
 * Whose a bucket is stands in its tags, and nowhere else: an S3Bucket that is restored from a backup, or whose status was wiped, finds its bucket,
 * and no other one takes it for its own.
 */
export interface Owner {
  cluster: string;
  namespace: string;
  name: string;
}

/** How a bucket came to us; decides whether the secure baseline holds when the spec says nothing. */
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

/** The tag that a released bucket has, and a claimed one has not. */
export const RELEASED_BY_TAG = TAG.releasedBy;

/**
 * The tag of a bucket that S3 Lifecycle empties for us, with the time since when. Status says so too, but may be wiped, or be
 * another object's by then; without the tag, S3 would go on expiring a bucket that is to be kept.
 */
export const EXPIRING_TAG = TAG.expiringSince;

/** The tag that gives its place to another for a while on a bucket with as many tags as S3 allows: status has the origin too. */
export const ORIGIN_TAG = TAG.origin;

/** Tags that a release takes away; the origin stays, for the day on which the bucket is claimed again. */
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

/** The tag of the origin, where it is known; none otherwise. */
export function originTag(origin: Origin | undefined): Tags {
  return origin === undefined ? {} : { [TAG.origin]: origin };
}

export function originOf(tags: Tags): Origin | undefined {
  const origin = tags[TAG.origin];
  return origin === "Created" || origin === "Adopted" ? origin : undefined;
}

/** Whether some S3Bucket, of whichever cluster, has the bucket. */
export function isClaimed(tags: Tags): boolean {
  return CLAIM_TAGS.some((key) => Object.hasOwn(tags, key));
}

/** `Ours`: claimed by this object, or released by it. `Other`: claimed by another object. `Unclaimed`: no S3Bucket's. */
export type Ownership = "Ours" | "Other" | "Unclaimed";

export function ownershipOf(tags: Tags, owner: Owner): Ownership {
  const claims = [tags[TAG.cluster], tags[TAG.namespace], tags[TAG.name]];
  if (claims.every((claim) => claim === undefined)) {
    return tags[TAG.releasedBy] === releaseTag(owner)[TAG.releasedBy] ? "Ours" : "Unclaimed";
  }
  const ours = [owner.cluster, owner.namespace, owner.name];
  return claims.every((claim, index) => claim === ours[index]) ? "Ours" : "Other";
}
