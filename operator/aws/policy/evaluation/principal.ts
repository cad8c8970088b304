import { parseArn } from "../../arn.ts";
import { rootArn } from "../caller.ts";
import { asList, type Principal, type Statement } from "../document.ts";
import type { Truth } from "./truth.ts";

/** How a statement of a resource's policy names a role's session. */
export interface Naming {
  /** The role itself, its session, or everybody. */
  itself: Truth;
  /** Its account, which leaves an Allow to the account's own policies. */
  account: boolean;
}

const NOBODY: Naming = { itself: false, account: false };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function namingOf({ Principal, NotPrincipal }: Statement, roleArn: string): Naming {
  if (Principal !== undefined) return namedIn(Principal, roleArn);
  if (NotPrincipal === undefined) return NOBODY;
  // It takes account, role and session to be spared, and the session's name is not known.
  const { itself, account } = namedIn(NotPrincipal, roleArn);
  return { itself: account || itself !== false ? ["NotPrincipal"] : true, account: false };
}

function namedIn(principal: Principal, roleArn: string): Naming {
  const names = principal === "*" ? ["*"] : asList(principal["AWS"]);
  const { partition = "", accountId = "", resource = "" } = parseArn(roleArn) ?? {};
  const session = `arn:${partition}:sts::${accountId}:assumed-role/${resource.split("/").at(-1)}/`;
  const account = names.some((name) => name === accountId || name === rootArn(partition, accountId));
  if (names.some((name) => name === "*" || name === roleArn)) return { itself: true, account };
  return {
    itself: names.some((name) => name.startsWith(session)) ? ["the name of the role's session"] : false,
    account,
  };
}
