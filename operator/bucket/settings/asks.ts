import type { Ask } from "../../account/guardrails.ts";

/** Names an account, by its id or an ARN in it. Undefined: S3 takes any account. */
export function accountAsk(field: string, named: string | undefined): Ask {
  return { kind: "Account", field, named };
}

/** As {@link accountAsk}, for a field that names no account if it is left out. */
export function optionalAccountAsk(field: string, named: string | undefined): Ask[] {
  return named === undefined ? [] : [accountAsk(field, named)];
}

export function publicAccessAsk(field: string, remedy: string): Ask {
  return { kind: "PublicAccess", field, remedy };
}
