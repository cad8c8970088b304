import { coversAction, coversResource } from "../covers.ts";
import { statementName, type PolicyDocument, type Statement } from "../document.ts";
import { every, some, type Truth } from "../truth.ts";
import { conditionHolds } from "./condition.ts";
import { patternMatches } from "./pattern.ts";
import { namingOf } from "./principal.ts";
import { lookupIn, type PolicyRequest } from "./request.ts";

/** A statement that applies, or may apply. */
export interface Applying {
  name: string;
  statement: Statement;
  /** True, or the condition keys that decide. */
  applies: true | readonly string[];
}

/** The statements of one policy that apply to a request. A deny in any policy overrides every allow. */
export interface Ruling {
  denies: Applying[];
  allows: Applying[];
}

/** For a policy of an identity, a boundary or a session. Pure. */
export function rulingOf(policy: PolicyDocument, request: PolicyRequest): Ruling {
  return ruling(policy, request, () => true);
}

/** For a resource's policy. An Allow to the whole account does not count, see {@link delegates}. Pure. */
export function resourceRulingOf(policy: PolicyDocument, request: PolicyRequest): Ruling {
  return ruling(policy, request, (statement) => {
    const { itself, account } = namingOf(statement, request.roleArn);
    return account && statement.Effect === "Deny" ? true : itself;
  });
}

/** For a role's trust policy. `names`: whether a statement names the caller that wants to assume the role. Pure. */
export function trustRulingOf(
  policy: PolicyDocument,
  request: PolicyRequest,
  names: (statement: Statement) => Truth,
): Ruling {
  return ruling(policy, request, names);
}

/** Whether a resource's policy allows the role's whole account, so that the account's own policies decide. */
export function delegates(policy: PolicyDocument, request: PolicyRequest): Truth {
  const names = (statement: Statement): Truth => namingOf(statement, request.roleArn).account;
  return some(ruling(policy, request, names).allows.map(({ applies }) => applies));
}

export function isCertain({ applies }: Applying): boolean {
  return applies === true;
}

function ruling({ Statement }: PolicyDocument, request: PolicyRequest, names: (statement: Statement) => Truth): Ruling {
  const applying = Statement.flatMap((statement, index): Applying[] => {
    const applies = every([names(statement), isAbout(statement, request)]);
    return applies === false ? [] : [{ name: statementName(statement, index), statement, applies }];
  });
  const of = (effect: Statement["Effect"]) => applying.filter(({ statement }) => statement.Effect === effect);
  return { denies: of("Deny"), allows: of("Allow") };
}

function isAbout(statement: Statement, request: PolicyRequest): Truth {
  const lookup = lookupIn(request);
  const onResource = coversResource(statement, (pattern) => patternMatches(pattern, request.resource, lookup));
  const condition = conditionHolds(statement.Condition ?? {}, lookup);
  return every([coversAction(statement, request.action), onResource, condition]);
}

/** Allowed or denied by a statement, not allowed by any, or dependent on condition keys. */
export type Judgement =
  { outcome: "Allowed" | "Denied"; by: string } | { outcome: "NotAllowed" } | { outcome: "Depends"; keys: string[] };

export function judge({ denies, allows }: Ruling): Judgement {
  const [denial, allowance] = [denies.find(isCertain), allows.find(isCertain)];
  if (denial !== undefined) return { outcome: "Denied", by: denial.name };
  if (allows.length === 0) return { outcome: "NotAllowed" };
  if (allowance !== undefined && denies.length === 0) return { outcome: "Allowed", by: allowance.name };
  return { outcome: "Depends", keys: keysOf(allowance === undefined ? [...denies, ...allows] : denies) };
}

/** Condition keys that decide whether the statements apply, each once. */
export function keysOf(applying: readonly Applying[]): string[] {
  return [...new Set(applying.flatMap(({ applies }) => (applies === true ? [] : applies)))];
}
