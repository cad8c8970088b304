import { asList, type ConditionBlock, type OneOrMany, type Principal, type Statement } from "./document.ts";

/** Whom a statement lets in beyond the bucket's own account: everybody, or somebody. */
export type ExternalAccess = "Public" | "OtherAccount";

/** What counts as one's own. */
export interface Home {
  /** Of the bucket. */
  accountId: string;
  /** As good as the bucket's. */
  otherAccounts?: readonly string[];
  organizationId?: string;
}

/**
 * Judges one statement by itself; undefined where it lets in nobody from outside. Whatever is not understood counts as outside:
 * this is a warning, and a person looks at it. "Public" is S3's own meaning of the word:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function externalAccess(statement: Statement, home: Home): ExternalAccess | undefined {
  const { Effect, Condition = {} } = statement;
  if (Effect !== "Allow") return undefined;
  const names = principalNames(statement);
  if (names.every((name) => isOwn(name, home)) || someTest(Condition, (test) => staysHome(test, home))) {
    return undefined;
  }
  return names.includes("*") && !someTest(Condition, limits) ? "Public" : "OtherAccount";
}

/** Who a statement names, sorted; `*` is everybody, and so is everybody but somebody. */
export function principalNames({ Principal, NotPrincipal }: Statement): string[] {
  if (NotPrincipal !== undefined) return ["*"];
  return [...new Set(namesIn(Principal))].sort();
}

function namesIn(principal: Principal | undefined): string[] {
  if (typeof principal === "string") return [principal];
  return Object.values<OneOrMany>(principal ?? {}).flatMap((names) => asList(names));
}

/** What AWS shows in place of a user or role that is gone (AROA..., AIDA...). */
export function isUniqueId(name: string): boolean {
  return /^A[A-Z]{3}[A-Z0-9]{16,}$/.test(name);
}

/** An account, or what is in it, or was. */
function isOwn(name: string, home: Home): boolean {
  return isHome(name, home) || isUniqueId(name) || isHome(accountOf(name), home);
}

function isHome(account: string | undefined, { accountId, otherAccounts = [] }: Home): boolean {
  return account !== undefined && (account === accountId || otherAccounts.includes(account));
}

function accountOf(arn: string): string | undefined {
  return /^arn:[^:*?$]+:[^:*?$]+:[^:$]*:(\d{12}):/.exec(arn)?.[1];
}

/** One test of a condition that requires something to be there and equal: keys in lower case. */
interface Test {
  operator: string;
  key: string;
  values: string[];
}

/** `ForAllValues` and `IfExists` hold also where the key is absent, and so require nothing. */
const REQUIRES = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)$/;

function someTest(condition: ConditionBlock, holds: (test: Test) => boolean): boolean {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      values: asList(values).map(String),
    })),
  );
  return tests.some((test) => REQUIRES.test(test.operator) && test.values.length > 0 && holds(test));
}

const ACCOUNT_KEYS = ["aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "s3:dataaccesspointaccount"];
const ORGANIZATION_KEYS = ["aws:principalorgid", "aws:sourceorgid"];
const ARN_KEYS = ["aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"];

/** The request comes from the account or its organization. */
function staysHome({ key, values }: Test, home: Home): boolean {
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
const LIMITS = new Set([...ACCOUNT_KEYS, ...ORGANIZATION_KEYS, ...ARN_KEYS, ...OTHER_LIMITS]);

/** S3 does not call public what is bound to fixed values of these keys, or to addresses that are not half the Internet. */
function limits({ operator, key, values }: Test): boolean {
  if (operator === "ipaddress") return key === "aws:sourceip" && values.every(isNarrow);
  return LIMITS.has(key) && values.every((value) => !/[*?]|\$\{/.test(value));
}

function isNarrow(range: string): boolean {
  const bits = /\/(\d+)$/.exec(range)?.[1];
  return bits === undefined || Number(bits) >= (range.includes(":") ? 32 : 8);
}
