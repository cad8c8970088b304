import { parseArn } from "../arn.ts";
import { principalArns, rootArn } from "./caller.ts";
import { asList, type Condition, type Principal, type Statement } from "./document.ts";
import { globMatches } from "./glob.ts";

/** The operator as a bucket policy meets it. */
export interface Operator {
  /** Who it is at AWS, as STS says. */
  callerArn: string;
  /** IAM actions by which it looks at buckets and configures them. */
  actions: readonly string[];
}

/**
 * The first of the operator's actions that `statement` certainly denies it on the bucket, after which it could not mend the policy;
 * undefined where there is none, or where it takes the request to know.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function deniedAction(statement: Statement, bucketArn: string, operator: Operator): string | undefined {
  const { Effect, Action, NotAction, Condition } = statement;
  if (Effect !== "Deny" || !isAbout(statement, bucketArn) || !isAgainst(statement, operator.callerArn))
    return undefined;
  if (!certainlyHolds(Condition ?? {}, operator.callerArn)) return undefined;
  return operator.actions.find((action) =>
    Action === undefined ? !matchesAction(NotAction, action) : matchesAction(Action, action),
  );
}

function matchesAction(patterns: string | string[] | undefined, action: string): boolean {
  return asList(patterns).some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()));
}

function isAbout({ Resource, NotResource }: Statement, bucketArn: string): boolean {
  const matches = (patterns: string | string[] | undefined) =>
    asList(patterns).some((pattern) => globMatches(pattern, bucketArn));
  return Resource === undefined ? !matches(NotResource) : matches(Resource);
}

/**
 * `NotPrincipal` spares a session of a role only if it names its account, its role and the session itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isAgainst({ Principal, NotPrincipal }: Statement, callerArn: string): boolean {
  const { partition = "", accountId = "" } = parseArn(callerArn) ?? {};
  const isAccount = (name: string) => name === accountId || name === rootArn(partition, accountId);
  const isSession = (name: string) => name === callerArn;
  const identities = [isAccount, isSession, (name: string) => isPrincipal(name, callerArn)];
  const names = awsNames(Principal ?? NotPrincipal);
  if (names.includes("*")) return Principal !== undefined;
  if (Principal === undefined) return !identities.every((identity) => names.some(identity));
  return identities.some((identity) => names.some(identity));
}

function awsNames(principal: Principal | undefined): string[] {
  return principal === "*" ? ["*"] : asList(principal?.["AWS"]);
}

/** The operator's role or user, whatever path it has. */
function isPrincipal(name: string, callerArn: string): boolean {
  return principalArns(callerArn).some((pattern) => globMatches(pattern, name));
}

/** Only tests of who calls are decided: they are how policies lock out all but a few. Anything else is left to the request. */
function certainlyHolds(condition: Condition, callerArn: string): boolean {
  return Object.entries(condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, values]) => {
      if (key.toLowerCase() !== "aws:principalarn") return false;
      return principalTestHolds(operator, asList(values).map(String), callerArn);
    }),
  );
}

function principalTestHolds(operator: string, values: string[], callerArn: string): boolean {
  const [form, negated] = /^(?:string|arn)(not)?(?:equals|like)(?:ifexists)?$/i.exec(operator) ?? [];
  if (form === undefined) return false;
  if (negated === undefined) return values.some((value) => value === "*" || isPrincipal(value, callerArn));
  return !values.some((value) => isPrincipal(value, callerArn) || mayMatch(value, callerArn));
}

/** Whether a pattern may be met by the operator's role, whose path nobody tells us, or by its user: where they begin and end alike. */
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

/** What comes before the first wildcard of a pattern, and after its last. */
function literalEnds(pattern: string): { head: string; tail: string } {
  const parts = pattern.split(/[*?]/);
  return { head: parts[0] ?? "", tail: parts.at(-1) ?? "" };
}
