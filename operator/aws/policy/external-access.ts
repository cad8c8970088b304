import { asList, testsOf, type ConditionTest, type OneOrMany, type Principal, type Statement } from "./document.ts";

/** Access that a statement grants outside the bucket's own account: to all callers, or to some. */
export type ExternalAccess = "Public" | "OtherAccount";

/** Accounts and organization that do not count as outside. */
export interface Home {
  /** The bucket's account. */
  accountId: string;
  otherAccounts?: readonly string[];
  organizationId?: string;
  /**
   * Whether a unique id belongs to a deleted principal, as in what AWS returns. In a spec, it may be of any account.
   */
  areUniqueIdsDeleted?: boolean;
}

/**
 * Judges one statement alone; undefined if it grants nothing outside. Unknown forms count as outside: this is a warning
 * for the user. "Public" is defined by S3:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function externalAccess(statement: Statement, home: Home): ExternalAccess | undefined {
  if (statement.Effect !== "Allow") return undefined;
  const names = principalNames(statement);
  if (names.every((name) => isOwn(name, home)) || someTest(statement, (test) => staysHome(test, home))) {
    return undefined;
  }
  return names.includes("*") && !someTest(statement, limits) ? "Public" : "OtherAccount";
}

/** Names of all principals, sorted. `*` means all callers; NotPrincipal counts as `*`. */
export function principalNames({ Principal, NotPrincipal }: Statement): string[] {
  if (NotPrincipal !== undefined) return ["*"];
  return [...new Set(namesIn(Principal))].sort();
}

function namesIn(principal: Principal | undefined): string[] {
  if (typeof principal === "string") return [principal];
  return Object.values<OneOrMany>(principal ?? {}).flatMap((names) => asList(names));
}

/** AWS shows a deleted user or role as its unique id (AROA..., AIDA...). */
export function isUniqueId(name: string): boolean {
  return /^A[A-Z]{3}[A-Z0-9]{16,}$/.test(name);
}

/** An account, a principal in it, or a deleted principal. */
function isOwn(name: string, home: Home): boolean {
  const isDeleted = home.areUniqueIdsDeleted === true && isUniqueId(name);
  return isHome(name, home) || isDeleted || isHome(accountOf(name), home);
}

function isHome(account: string | undefined, { accountId, otherAccounts = [] }: Home): boolean {
  return account !== undefined && (account === accountId || otherAccounts.includes(account));
}

function accountOf(arn: string): string | undefined {
  return /^arn:[^:*?$]+:[^:*?$]+:[^:$]*:(\d{12}):/.exec(arn)?.[1];
}

/** Operators that fail without the key. `ForAllValues` and `IfExists` also hold without it. */
const REQUIRES = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)$/;

/** Whether `holds` for a test that needs the key; its operator and key are in lower case. */
function someTest({ Condition }: Statement, holds: (test: ConditionTest) => boolean): boolean {
  return testsOf(Condition).some((test) => {
    const { operator, key, values } = { ...test, operator: test.operator.toLowerCase(), key: test.key.toLowerCase() };
    return REQUIRES.test(operator) && values.length > 0 && holds({ operator, key, values });
  });
}

/* Keys about the caller, or about the resource for which a service calls. */
const ACCOUNT_KEYS = ["aws:principalaccount", "aws:sourceaccount", "aws:sourceowner"];
const ORGANIZATION_KEYS = ["aws:principalorgid", "aws:sourceorgid"];
const ARN_KEYS = ["aws:principalarn", "aws:sourcearn"];

/**
 * Keys about the access point of the request, whose own policy may let in callers of any account.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-delegating-control
 */
const ACCESS_POINT_KEYS = ["s3:dataaccesspointaccount", "s3:dataaccesspointarn"];

/** The test admits only requests from the accounts or the organization. */
function staysHome({ key, values }: ConditionTest, home: Home): boolean {
  if (ACCOUNT_KEYS.includes(key)) return values.every((value) => isHome(value, home));
  if (ORGANIZATION_KEYS.includes(key)) return values.every((value) => value === home.organizationId);
  return ARN_KEYS.includes(key) && values.every((value) => isHome(accountOf(value), home));
}

const OTHER_LIMITS = [
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:principalorgpaths",
  "aws:userid",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
];
const LIMITS = new Set([...ACCOUNT_KEYS, ...ORGANIZATION_KEYS, ...ARN_KEYS, ...ACCESS_POINT_KEYS, ...OTHER_LIMITS]);

/** S3 does not call a statement public that requires fixed values of these keys, or a narrow range of addresses. */
function limits({ operator, key, values }: ConditionTest): boolean {
  if (operator === "ipaddress") return key === "aws:sourceip" && values.every(isNarrow);
  return LIMITS.has(key) && values.every((value) => !/[*?]|\$\{/.test(value));
}

function isNarrow(range: string): boolean {
  const bits = /\/(\d+)$/.exec(range)?.[1];
  return bits === undefined || Number(bits) >= (range.includes(":") ? 32 : 8);
}
