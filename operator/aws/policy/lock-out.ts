import { principalArns } from "./caller.ts";
import { coversAction, coversResource } from "./covers.ts";
import { awsNames, namesAccountOf, testsOf, type ConditionTest, type Statement } from "./document.ts";
import { globMatches } from "./glob.ts";
import { opaqueNames } from "./opaque-principals.ts";

/** The operator's identity, and the IAM actions by which it reads and configures buckets. */
export interface Operator {
  /** From sts:GetCallerIdentity. */
  callerArn: string;
  actions: readonly string[];
}

/**
 * The first of the operator's actions that `statement` denies for certain on the bucket, so that the operator could not
 * correct the policy; undefined if none, or if it depends on the request. A name that S3 returns as another may be the
 * operator's, and counts as it. Not {@link resourceRulingOf}, which knows the
 * role's path and not the session's name: here only the session's name is known.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function deniedAction(
  statement: Statement,
  bucketArn: string,
  { callerArn, actions }: Operator,
): string | undefined {
  const { Effect, Condition } = statement;
  const isOnBucket = coversResource(statement, (pattern) => globMatches(pattern, bucketArn)) === true;
  if (Effect !== "Deny" || !isOnBucket || !isAgainst(statement, callerArn)) return undefined;
  if (!testsOf(Condition).every((test) => certainlyHolds(test, callerArn))) return undefined;
  return actions.find((action) => coversAction(statement, action));
}

/**
 * `NotPrincipal` exempts a session of a role only if it names its account, its role and the session itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isAgainst(statement: Statement, callerArn: string): boolean {
  const { Principal, NotPrincipal } = statement;
  if (Principal !== undefined && opaqueNames(statement).length > 0) return true;
  const names = awsNames(Principal ?? NotPrincipal);
  if (names.includes("*")) return Principal !== undefined;
  const named = [
    names.some((name) => namesAccountOf(name, callerArn)),
    names.includes(callerArn),
    names.some((name) => isPrincipal(name, callerArn)),
  ];
  return Principal === undefined ? !named.every(Boolean) : named.some(Boolean);
}

/** The operator's role, with any path, or its user. */
function isPrincipal(name: string, callerArn: string): boolean {
  return principalArns(callerArn).some((pattern) => globMatches(pattern, name));
}

/** Decides only tests of `aws:PrincipalArn`, which exempt principals. Others depend on the request. */
function certainlyHolds({ operator, key, values }: ConditionTest, callerArn: string): boolean {
  if (key.toLowerCase() !== "aws:principalarn") return false;
  const [form, negated] = /^(?:string|arn)(not)?(?:equals|like)(?:ifexists)?$/i.exec(operator) ?? [];
  if (form === undefined) return false;
  if (negated === undefined) return values.some((value) => value === "*" || isPrincipal(value, callerArn));
  return !values.some((value) => isPrincipal(value, callerArn) || mayMatch(value, callerArn));
}

/** Whether a pattern may match the operator. Compares its literal ends, because the role's path is unknown. */
function mayMatch(pattern: string, callerArn: string): boolean {
  if (pattern.includes("$")) return true;
  if (!/[*?]/.test(pattern)) return false;
  const { head, tail } = literalEnds(pattern);
  return principalArns(callerArn).some((arn) => {
    const own = literalEnds(arn);
    const sameHead = head.startsWith(own.head) || own.head.startsWith(head);
    return sameHead && (tail.endsWith(own.tail) || own.tail.endsWith(tail));
  });
}

/** The text before the first wildcard, and the text after the last. */
function literalEnds(pattern: string): { head: string; tail: string } {
  const parts = pattern.split(/[*?]/);
  return { head: parts[0] ?? "", tail: parts.at(-1) ?? "" };
}
