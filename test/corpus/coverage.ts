/**
 * Which ServiceAccounts of a real platform can be expressed with BucketAccesses, by the columns of serviceaccounts.tsv.
 * Their S3 actions are compared with the table of permissions, and the size of their policies with IAM's quota.
 */
import { ALLOWED_ACTIONS, PERMISSIONS, type Permission } from "../../operator/access/policy/grants.ts";
import { permissionsPolicy } from "../../operator/access/policy/permissions.ts";
import { tooLong } from "../../operator/access/policy/size-limits.ts";

/** A ServiceAccount of the corpus. */
export interface Row {
  /** The number of its line in the file. */
  line: number;
  /** Buckets that the same namespace manages. */
  managed: number;
  /** Buckets of other accounts or other tools. */
  others: number;
  /** What the other policies in its role are for; empty if there are none. */
  services: readonly string[];
  /** S3 actions of its own policies. Empty: it has only those of the platform's module. */
  actions: readonly string[];
}

/** What BucketAccesses can give to a ServiceAccount. */
export interface Coverage {
  row: Row;
  /** What the BucketAccesses use besides grants on one S3Bucket. */
  uses: readonly Use[];
  permissions: readonly Permission[];
  /** Why they cannot give everything, one text for each missing action. Empty: they can. */
  missing: readonly string[];
}

type Use = "several buckets" | "bucket" | "role.policyArns or role.arn";

/** Names in the corpus that are no actions: condition keys, calls of the API, and a name cut by the reduction. */
export const NO_ACTIONS: ReadonlySet<string> = new Set(["s3:prefix", "s3:copyobject", "s3:listobjectsv"]);

const NO_PERMISSION = "no permission allows it";

/** Why no permission allows some actions, where the documentation gives a reason. */
const REASONS: Readonly<Record<string, string>> = {
  "s3:*": "it includes the settings and the deletion of the bucket",
  "s3:putobjectacl": "ACLs are off where the bucket owner owns every object; otherwise grant it in a managed policy",
  "s3:getobjectacl": "as s3:PutObjectAcl",
  "s3:deleteobjectversion": "versions must stay restorable after a theft of the workload's credentials",
  "s3:putlifecycleconfiguration": "it is a setting of the bucket: S3Bucket spec.lifecycle has it",
  "s3:listallmybuckets": "it lists the buckets of the account; the ConfigMap names the bucket",
};

/** @param tsv the text of a file like serviceaccounts.tsv */
export function rowsOf(tsv: string): Row[] {
  return tsv.split("\n").flatMap((text, index) => {
    if (text === "" || text.startsWith("#")) return [];
    const [managed = "", others = "", services = "", actions = ""] = text.split("\t");
    return [
      {
        line: index + 1,
        managed: Number(managed),
        others: Number(others),
        services: listOf(services),
        actions: listOf(actions),
      },
    ];
  });
}

function listOf(cell: string): string[] {
  return cell === "-" ? [] : cell.split(",");
}

/** What BucketAccesses give to one ServiceAccount. Pure. */
export function coverageOf(row: Row): Coverage {
  const actions = row.actions.filter((action) => !NO_ACTIONS.has(action.toLowerCase()));
  const missing = actions.filter((action) => permissionOf(action) === undefined).map(reasonOf);
  return { row, uses: usesOf(row), permissions: permissionsOf(row, actions), missing: [...missing, ...sizeOf(row)] };
}

function usesOf({ managed, others, services }: Row): Use[] {
  const buckets = managed + others;
  return [
    ...(buckets > 1 ? (["several buckets"] as const) : []),
    // A row without any bucket has one that its policy names by a variable.
    ...(others > 0 || buckets === 0 ? (["bucket"] as const) : []),
    ...(services.length > 0 ? (["role.policyArns or role.arn"] as const) : []),
  ];
}

function permissionsOf(row: Row, actions: readonly string[]): Permission[] {
  if (row.actions.length === 0) return PERMISSIONS;
  const wanted = new Set(actions.map(permissionOf));
  return PERMISSIONS.filter((permission) => wanted.has(permission));
}

/** The permission that allows the action, with the prefix `*`. IAM does not distinguish letter case. */
function permissionOf(action: string): Permission | undefined {
  return ALLOWED_ACTIONS.find((allowed) => allowed.action.toLowerCase() === action.toLowerCase())?.permission;
}

/** An action with a wildcard is missing even if permissions allow a part of it. */
function reasonOf(action: string): string {
  const known = REASONS[action.toLowerCase()];
  if (known !== undefined) return `${action}: ${known}`;
  if (!action.endsWith("*")) return `${action}: ${NO_PERMISSION}`;
  const start = action.slice(0, -1).toLowerCase();
  const part = ALLOWED_ACTIONS.filter((allowed) => allowed.action.toLowerCase().startsWith(start));
  return `${action}: permissions allow only ${part.map((allowed) => allowed.action).join(", ")} of it`;
}

/** Every permission on every bucket, with names as long as the platform's, must fit the policies of one role. */
function sizeOf({ managed, others }: Row): string[] {
  const name = `cloud-platform-${"0".repeat(32)}`;
  const bucket = {
    name,
    arn: `arn:aws:s3:::${name}`,
    region: "eu-west-2",
    accountId: "111122223333",
    formerEncryptions: [],
  };
  const document = permissionsPolicy([{ prefix: "*", permissions: PERMISSIONS }], bucket);
  const length = JSON.stringify(document).length * Math.max(managed + others - 1, 0);
  const failure = tooLong("permissions", document, { names: [], length });
  return failure === undefined ? [] : [failure.message];
}

/** Counts of ServiceAccounts, and for each missing action how many miss it. */
export interface Totals {
  all: number;
  /** By what they use besides grants on one S3Bucket. */
  covered: ReadonlyMap<string, number>;
  notCovered: number;
  missing: ReadonlyMap<string, number>;
}

export function totalsOf(coverages: readonly Coverage[]): Totals {
  const covered = coverages.filter(({ missing }) => missing.length === 0);
  return {
    all: coverages.length,
    covered: countsOf(covered.map(({ uses }) => (uses.length === 0 ? "grants on one S3Bucket" : uses.join(" + ")))),
    notCovered: coverages.length - covered.length,
    missing: countsOf(coverages.flatMap(({ missing }) => missing)),
  };
}

/** Most frequent first. */
function countsOf(names: readonly string[]): Map<string, number> {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, all]): [string, number] => [name, all.length]);
  return new Map(groups.sort(([, a], [, b]) => b - a));
}
