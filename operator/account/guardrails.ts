import { REASON } from "../api/reasons.ts";
import type { AWSAccount, Guardrails } from "../api/types.ts";
import { parseArn } from "../aws/arn.ts";
import type { Statement } from "../aws/policy/document.ts";
import { externalAccess, principalNames } from "../aws/policy/external-access.ts";
import { stalled } from "../reconcile/outcome.ts";
import type { OutcomeError } from "../kube/outcome.ts";

/** Something that a spec asks for and guardrails may forbid; `field` is where it does, such as "spec.policy.statements[Share]". */
export type Ask =
  /** A statement of a resource's policy. */
  | { kind: "Statement"; field: string; statement: Statement }
  /** An account is named, by its id or an ARN in it. Undefined: the field is not there, and any account would do. */
  | { kind: "Account"; field: string; named: string | undefined }
  /** Everybody may be let in; `remedy` says what to write instead. */
  | { kind: "PublicAccess"; field: string; remedy: string }
  /** Default encryption. Undefined: not declared. */
  | { kind: "Encryption"; field: string; sseAlgorithm: string | undefined };

/** Violations that a message has room for. */
const MAX_NAMED = 5;

/** Why an object that asks for this may not have it from the account; undefined: it may. Pure. The message tells nothing that the reader did not write. */
export function guardrailViolation(account: AWSAccount, asks: readonly Ask[]): OutcomeError | undefined {
  const violations = asks.flatMap((ask) => violationOf(ask, account) ?? []);
  if (violations.length === 0) return undefined;
  const more = violations.length > MAX_NAMED ? `; and ${violations.length - MAX_NAMED} more` : "";
  const message =
    `Beyond the guardrails of AWSAccount '${account.metadata.name}', so that nothing is applied: ` +
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
        : `${field} may let in everybody (guardrail allowPublicAccess): ${ask.remedy}`;
    case "Encryption":
      if (guardrails.requireKMS !== true || ask.sseAlgorithm?.startsWith("aws:kms")) return undefined;
      return `${field} is ${ask.sseAlgorithm ?? "not set"} (guardrail requireKMS): set it to aws:kms or aws:kms:dsse`;
  }
}

/** Where only some accounts may be let in, everybody may not, unless that is said. */
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
    return `${field} lets in everybody (guardrail allowPublicAccess): name principals, or add a condition on aws:PrincipalAccount`;
  }
  if (access !== "OtherAccount" || allowedAccounts === undefined) return undefined;
  return (
    `${field} lets in ${principalNames(statement).join(", ")} (guardrail allowedAccounts): ` +
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
