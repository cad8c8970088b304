import type { BucketAccess, RoleStatus } from "../api/types.ts";
import { ConfigError } from "../cli/flags.ts";

/** The access that status records. */
export interface RecordedAccess {
  bucketName: string;
  region: string;
  /** Account that owns the bucket. */
  bucketAccountId: string;
  /** Account of the role; with `spec.principals`, of the bucket. */
  accountId: string;
  /** Absent with `spec.principals`. */
  role?: RoleStatus;
}

/**
 * Undefined: the operator has granted nothing, so that AWS is not asked.
 * @param serviceAccount selects one of several roles
 * @throws ConfigError if it does not
 */
export function recordedIn({ spec, status = {} }: BucketAccess, serviceAccount?: string): RecordedAccess | undefined {
  const { bucketName, region, accountId, roles = [] } = status;
  if (bucketName === undefined || region === undefined || accountId === undefined) return undefined;
  const bucketAccountId = spec.bucket?.accountId ?? accountId;
  const recorded = { bucketName, region, bucketAccountId, accountId };
  if (spec.principals !== undefined) return recorded;
  const known = roles.filter(({ arn }) => arn !== "");
  return known.length === 0 ? undefined : { ...recorded, role: roleOf(known, serviceAccount) };
}

function roleOf(roles: readonly RoleStatus[], wanted: string | undefined): RoleStatus {
  const matching = wanted === undefined ? roles : roles.filter(({ serviceAccount }) => serviceAccount === wanted);
  const [role, ...others] = matching;
  if (role !== undefined && others.length === 0) return role;
  const names = roles.flatMap(({ serviceAccount }) => serviceAccount ?? []);
  throw new ConfigError(
    names.length === 0
      ? "--service-account is only for a BucketAccess with spec.serviceAccountRefs"
      : `--service-account must be one of ${names.join(", ")}`,
  );
}
