import { parseArn } from "../../arn.ts";
import { awsNames, namesAccountOf, type Principal, type Statement } from "../document.ts";
import type { Truth } from "../truth.ts";

/** How a statement of a resource's policy names a role's session. */
export interface Naming {
  /** Whether it names the role, the session, or `*`. */
  itself: Truth;
  /** Whether it names the account. An Allow then leaves the decision to the account's own policies. */
  account: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function namingOf({ Principal, NotPrincipal }: Statement, roleArn: string): Naming {
  if (Principal !== undefined) return namedIn(Principal, roleArn);
  if (NotPrincipal === undefined) return { itself: false, account: false };
  // NotPrincipal exempts only a session whose account, role and name it lists, and the name is unknown.
  const { itself, account } = namedIn(NotPrincipal, roleArn);
  return { itself: account || itself !== false ? ["NotPrincipal"] : true, account: false };
}

function namedIn(principal: Principal, roleArn: string): Naming {
  const names = awsNames(principal);
  const { partition = "", accountId = "", resource = "" } = parseArn(roleArn) ?? {};
  const session = `arn:${partition}:sts::${accountId}:assumed-role/${resource.split("/").at(-1)}/`;
  const account = names.some((name) => namesAccountOf(name, roleArn));
  if (names.some((name) => name === "*" || name === roleArn)) return { itself: true, account };
  const namesSession = names.some((name) => name.startsWith(session));
  return { itself: namesSession ? ["the name of the role's session"] : false, account };
}
