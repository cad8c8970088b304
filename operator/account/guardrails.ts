import { REASON } from "../api/reasons.ts";
import type { AWSAccount, Guardrails } from "../api/types.ts";
import { parseArn } from "../aws/arn.ts";
import type { Statement } from "../aws/policy/document.ts";
import { externalAccess, principalNames } from "../aws/policy/external-access.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { stalled } from "../reconcile/outcome.ts";
import { matchesAny } from "./patterns.ts";

/** Something in a spec that guardrails may forbid. `field` is its place, such as "spec.policy.statements[Share]". */
export type Ask =
  /** A statement of a resource's policy. */
  | { kind: "Statement"; field: string; statement: Statement }
  /** An account, by its id or an ARN in it. Undefined: the field is not set, and any account would do. */
  | { kind: "Account"; field: string; named: string | undefined }
  /** A role that AWS assumes for the object. */
  | { kind: "Role"; field: string; roleArn: string }
  /** A bucket that AWS writes to, by name or ARN. S3 verifies `account`. Undefined: the account itself, or any. */
  | { kind: "Destination"; field: string; bucket: string; account: string | undefined }
  /** The alias of a key that the operator creates. */
  | { kind: "KeyAlias"; field: string; alias: string }
  /** May allow public access. `remedy` says what to write instead. */
  | { kind: "PublicAccess"; field: string; remedy: string }
  /** Default encryption. Undefined: not declared. */
  | { kind: "Encryption"; field: string; sseAlgorithm: string | undefined };

/** The object that asks. */
export interface Requester {
  namespace: string;
  /** Buckets of S3Buckets in the namespace, by name, whose ownership was verified at AWS. A spec alone proves nothing. */
  ownBuckets: ReadonlySet<string>;
}

/** Violations named in one message. */
const MAX_NAMED = 5;

/** Why the account's guardrails forbid this; undefined: they do not. Discloses only what the user wrote. Pure. */
export function guardrailViolation(
  account: AWSAccount,
  asks: readonly Ask[],
  requester: Requester,
): OutcomeError | undefined {
  const violations = asks.flatMap((ask) => violationOf(ask, account, requester) ?? []);
  if (violations.length === 0) return undefined;
  const more = violations.length > MAX_NAMED ? `; and ${violations.length - MAX_NAMED} more` : "";
  const message =
    `The guardrails of AWSAccount '${account.metadata.name}' forbid this, and nothing is applied: ` +
    `${violations.slice(0, MAX_NAMED).join("; ")}${more}. Correct the spec, or ask the platform team`;
  return stalled(REASON.guardrailViolated, message);
}

function violationOf(
  ask: Ask,
  { spec: { accountId, guardrails } }: AWSAccount,
  requester: Requester,
): string | undefined {
  if (guardrails === undefined) return undefined;
  const { field } = ask;
  switch (ask.kind) {
    case "Statement":
      return statementViolation(field, ask.statement, accountId, guardrails);
    case "Account":
      return accountViolation(field, ask.named, accountId, guardrails);
    case "Role":
      return roleViolation(field, ask.roleArn, guardrails, requester);
    case "Destination":
      return destinationViolation(ask, accountId, guardrails, requester);
    case "KeyAlias":
      return aliasViolation(field, ask.alias, guardrails, requester);
    case "PublicAccess":
      return allowsPublicAccess(guardrails)
        ? undefined
        : `${field} may allow public access (guardrail allowPublicAccess): ${ask.remedy}`;
    case "Encryption":
      if (guardrails.requireKMS !== true || ask.sseAlgorithm?.startsWith("aws:kms")) return undefined;
      return `${field} is ${ask.sseAlgorithm ?? "not set"} (guardrail requireKMS): set it to aws:kms or aws:kms:dsse`;
  }
}

/** With `allowedAccounts`, public access must be allowed explicitly. */
function allowsPublicAccess({ allowPublicAccess, allowedAccounts }: Guardrails): boolean {
  return allowPublicAccess ?? allowedAccounts === undefined;
}

function statementViolation(
  field: string,
  statement: Statement,
  accountId: string,
  guardrails: Guardrails,
): string | undefined {
  const { allowedAccounts } = guardrails;
  const access = externalAccess(statement, { accountId, otherAccounts: allowedAccounts ?? [] });
  if (access === "Public" && !allowsPublicAccess(guardrails)) {
    return `${field} allows public access (guardrail allowPublicAccess): name principals, or add a condition on aws:PrincipalAccount`;
  }
  if (access !== "OtherAccount" || allowedAccounts === undefined) return undefined;
  return (
    `${field} grants access to ${principalNames(statement).join(", ")} (guardrail allowedAccounts): ` +
    "name only principals of allowed accounts, and for an AWS service add a condition on aws:SourceAccount"
  );
}

function accountViolation(
  field: string,
  named: string | undefined,
  accountId: string,
  { allowedAccounts }: Guardrails,
): string | undefined {
  if (allowedAccounts === undefined) return undefined;
  if (named === undefined)
    return `${field} is not set (guardrail allowedAccounts): set it to the id of an allowed account`;
  const id = parseArn(named)?.accountId ?? named;
  if (id === accountId || allowedAccounts.includes(id)) return undefined;
  return `${field} names account ${id} (guardrail allowedAccounts): name an allowed one`;
}

/** S3 must be allowed to assume the role, which then acts for all tenants that name it. */
function roleViolation(
  field: string,
  roleArn: string,
  { allowedRoles = [] }: Guardrails,
  { namespace }: Requester,
): string | undefined {
  if (matchesAny(allowedRoles, roleArn, namespace)) return undefined;
  return `${field} names ${roleArn} (guardrail allowedRoles): name an allowed role`;
}

/** The names of the buckets that AWS would write to. */
export function destinationNames(asks: readonly Ask[]): string[] {
  return asks.flatMap((ask) => (ask.kind === "Destination" ? [bucketNameIn(ask.bucket)] : []));
}

function bucketNameIn(nameOrArn: string): string {
  return parseArn(nameOrArn)?.resource ?? nameOrArn;
}

/**
 * `allowedAccounts` decides about buckets in other accounts. S3 verifies the account if the spec states it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ReplicationErrorCodeList
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryS3BucketDestination.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AnalyticsS3BucketDestination.html
 */
function destinationViolation(
  { field, bucket, account }: Extract<Ask, { kind: "Destination" }>,
  accountId: string,
  { allowedDestinations = [] }: Guardrails,
  { namespace, ownBuckets }: Requester,
): string | undefined {
  if (account !== undefined && account !== accountId) return undefined;
  const name = bucketNameIn(bucket);
  if (ownBuckets.has(name) || matchesAny(allowedDestinations, name, namespace)) return undefined;
  return (
    `${field} names bucket ${name} (guardrail allowedDestinations): name the bucket of an S3Bucket in namespace ` +
    `'${namespace}', an allowed bucket, or a bucket in another account together with that account`
  );
}

function aliasViolation(
  field: string,
  alias: string,
  { allowedKeyAliases = [] }: Guardrails,
  { namespace }: Requester,
): string | undefined {
  if (matchesAny(allowedKeyAliases, alias, namespace)) return undefined;
  return `${field} is ${alias} (guardrail allowedKeyAliases): omit it, or set an allowed alias`;
}
