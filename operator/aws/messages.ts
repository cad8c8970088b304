/** What AWS says, made fit for a condition: the same text for the same cause, since every other text would be a write of the status. */

/** AWS's code and message, or what is known instead: the status of an answer without a body, the name of a network error. */
export function said(error: Error & { code?: unknown; $metadata?: { httpStatusCode?: number } }): string {
  const status = error.$metadata?.httpStatusCode;
  // A network error's message names an address, which is another one at the next try.
  if (status === undefined && typeof error.code === "string") return error.code;
  if (error.message === "" || error.message === "UnknownError") return `HTTP status ${status ?? "unknown"}`;
  return `${error.name}: ${stable(error.message)}`;
}

const MAX_LENGTH = 1024;

/** Without request ids, times and names of role sessions, on one line, cut to {@link MAX_LENGTH}. */
export function stable(message: string): string {
  return message
    .slice(0, 4 * MAX_LENGTH)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(/[;,]? ?\b(?:extended |s3 extended )?(?:request|host) ?id ?[:=] ?[\w+/=-]+/gi, "")
    .replace(/ ?\(\)/g, "")
    .replace(/ ?\bencoded authorization failure message: ?[\w+/=-]+/gi, "")
    .replace(/(:assumed-role\/[\w+=,.@-]+)\/[\w+=,.@-]+/g, "$1")
    .replace(/\b\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}:?\d{2}(?:\.\d+)?Z?\b/g, "…")
    .replace(/\b1\d{9}(?:\d{3})?\b/g, (digits) => (digits.length === 12 ? digits : "…"))
    .trim()
    .slice(0, MAX_LENGTH);
}

/** Who may not do what: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export interface Denial {
  /** IAM action, "s3:PutBucketVersioning": often not the name of the API. */
  action?: string;
  /** ARN. */
  resource?: string;
  /** ARN of who was denied. */
  principal?: string;
  /** "no identity-based policy allows the s3:PutBucketVersioning action" */
  because?: string;
}

const DENIAL =
  /^User: (?<principal>arn:\S+) is not authorized to perform: (?<action>[a-z0-9-]+:[A-Za-z0-9]+)(?: on resource: "?(?<resource>arn:[^\s"]+)"?)?(?: (?:because|with) (?<because>.+))?/;

/** Parts that the message lacks are absent; a message of another form is the reason as it stands. */
export function parseDenial(message: string): Denial {
  const text = stable(message);
  const parts = DENIAL.exec(text)?.groups ?? { because: SAYS_NOTHING.test(text) ? undefined : text };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

const SAYS_NOTHING = /^(?:access ?denied|forbidden|unknownerror)?\.?$/i;

/** What was denied, and the statement to add where that would help. */
export function describeDenial({ action, resource, principal, because }: Denial): string {
  const what = ["AWS denied", action ?? "the call", resource && `on ${resource}`, principal && `to ${principal}`];
  const why = `${what.filter(Boolean).join(" ")}${because ? `: ${because.replace(/\.$/, "")}` : ""}.`;
  if (because?.includes("explicit deny")) return `${why} That deny must go; allowing the action does not help.`;
  // Other reasons, such as Block Public Access, are not about what the operator may do.
  if (because !== undefined && !/^no .* policy allows /.test(because)) return why;
  const otherwise = because ? "" : " If that is so already: another account owns it, or a policy on it denies this.";
  if (action === undefined) return `${why} The operator's IAM policy may lack the action.${otherwise}`;
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource ?? "*" });
  const trust =
    action === "sts:AssumeRole" ? " The role's trust policy must allow it too, for the same external ID." : "";
  return `${why} Add to the operator's IAM policy: ${statement}.${trust}${otherwise}`;
}
