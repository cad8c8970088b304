import type { Ask } from "../../account/guardrails.ts";

/** Names an account, by its id or an ARN in it. Undefined: S3 takes any account. */
export function accountAsk(field: string, named: string | undefined): Ask {
  return { kind: "Account", field, named };
}

/** As {@link accountAsk}, for a field that names no account if it is left out. */
export function optionalAccountAsk(field: string, named: string | undefined): Ask[] {
  return named === undefined ? [] : [accountAsk(field, named)];
}

/** A bucket that AWS writes to, by name or ARN, and the account that must own it, if the spec says so. */
export function destinationAsk(field: string, bucket: string, account?: string): Ask {
  return { kind: "Destination", field, bucket, account };
}

/** Undefined: the operator's own alias, about which guardrails do not decide. */
export function keyAliasAsk(field: string, alias: string | undefined): Ask[] {
  return alias === undefined ? [] : [{ kind: "KeyAlias", field, alias }];
}

export function publicAccessAsk(field: string, remedy: string): Ask {
  return { kind: "PublicAccess", field, remedy };
}
