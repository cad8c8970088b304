import { REASON } from "../api/reasons.ts";
import type { AWSAccount, Guardrails } from "../api/types.ts";
import { parseArn } from "../aws/arn.ts";
import type { Statement } from "../aws/policy/document.ts";
import { externalAccess, principalNames } from "../aws/policy/external-access.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { stalled } from "../reconcile/outcome.ts";

/** Something in a spec that guardrails may forbid. `field` is its place, such as "spec.policy.statements[Share]". */
export type Ask =
  /** A statement of a resource's policy. */
  | { kind: "Statement"; field: string; statement: Statement }
  /** An account, by its id or an ARN in it. Undefined: the field is not set, and any account would do. */
  | { kind: "Account"; field: string; named: string | undefined }
  /** May allow public access. `remedy` says what to write instead. */
  | { kind: "PublicAccess"; field: string; remedy: string }
  /** Default encryption. Undefined: not declared. */
  | { kind: "Encryption"; field: string; sseAlgorithm: string | undefined };

/** Violations named in one message. */
const MAX_NAMED = 5;

/** Why the account's guardrails forbid this; undefined: they do not. Discloses only what the user wrote. Pure. */
export function guardrailViolation(account: AWSAccount, asks: readonly Ask[]): OutcomeError | undefined {
  const violations = asks.flatMap((ask) => violationOf(ask, account) ?? []);
  if (violations.length === 0) return undefined;
  const more = violations.length > MAX_NAMED ? `; and ${violations.length - MAX_NAMED} more` : "";
  const message =
    `The guardrails of AWSAccount '${account.metadata.name}' forbid this, and nothing is applied: ` +
    `${violations.slice(0, MAX_NAMED).join("; ")}${more}. Correct the spec, or ask the platform team`;
  return stalled(REASON.guardrailViolated, message);
}

function violationOf(ask: Ask, { spec: { accountId, guardrails = {} } }: AWSAccount): string | undefined {
  const { field } = ask;
  switch (ask.kind) {
    case "Statement":
      return statementViolation(field, ask.statement, accountId, guardrails);
    case "Account":
      return accountViolation(field, ask.named, accountId, guardrails);
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
