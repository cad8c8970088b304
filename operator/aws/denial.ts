import { stable } from "./messages.ts";

/** The parts of a denial: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export interface Denial {
  /** IAM action such as "s3:PutBucketVersioning", which often differs from the name of the API. */
  action?: string;
  /** ARN. */
  resource?: string;
  /** ARN of the caller. */
  principal?: string;
  /** Such as "no identity-based policy allows the s3:PutBucketVersioning action". */
  because?: string;
}

const DENIAL =
  /^User: (?<principal>arn:\S+) is not authorized to perform: (?<action>[a-z0-9-]+:[A-Za-z0-9]+)(?: on resource: "?(?<resource>arn:[^\s"]+)"?)?(?: (?:because|with) (?<because>.+))?/;

/** Parts that the message lacks are absent. A message of another form becomes `because`. */
export function parseDenial(message: string): Denial {
  const text = stable(message);
  const parts = DENIAL.exec(text)?.groups ?? { because: SAYS_NOTHING.test(text) ? undefined : text };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** Block Public Access of the bucket, account or organization refused a public policy. No permission is missing. */
export function isPublicAccessBlocked({ because }: Denial): boolean {
  return because?.includes("Block Public Access") === true;
}

const SAYS_NOTHING = /^(?:access ?denied|forbidden|unknownerror)?\.?$/i;

/**
 * Words of AWS for the layers that can deny a request, and where the user finds their policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html#access-denied-error-examples
 */
const LAYERS: readonly [words: string, place: string][] = [
  ["identity-based policy", "the operator's IAM policy"],
  ["permissions boundary", "the permissions boundary of the operator's role"],
  ["session policy", "the session policy of the operator's credentials"],
  ["service control policy", "the organization's service control policies"],
  ["resource control policy", "the organization's resource control policies"],
  ["VPC endpoint policy", "the policy of the VPC endpoint through which the operator reaches AWS"],
  ["resource-based policy", "the policy of the bucket, key or role itself"],
];

/** Describes the denial, the layer if AWS names it, and the statement to add or to change there. */
export function describeDenial({ action, resource, principal, because }: Denial): string {
  const what = ["AWS denied", action ?? "the call", resource && `on ${resource}`, principal && `to ${principal}`];
  const why = `${what.filter(Boolean).join(" ")}${because ? `: ${because.replace(/\.$/, "")}` : ""}.`;
  const place = LAYERS.find(([words]) => because?.includes(words))?.[1];
  if (because?.includes("explicit deny")) {
    const there = place === undefined ? "" : ` in ${place}`;
    return `${why} Remove the Deny statement${there}, or exempt the operator from it: an Allow does not override it.`;
  }
  // Other reasons, such as Block Public Access, are not about permissions of the operator.
  if (because !== undefined && !/^no .* policy allows |^no permissions boundary allows /.test(because)) return why;
  const otherwise = because
    ? ""
    : " If it is allowed already, another account owns the resource, or a policy of the resource denies it.";
  if (action === undefined) return `${why} The operator's IAM policy may lack the action.${otherwise}`;
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource ?? "*" });
  const trust =
    action === "sts:AssumeRole" ? " The role's trust policy must allow it too, for the same external ID." : "";
  return `${why} Add to ${place ?? LAYERS[0]?.[1]}: ${statement}.${trust}${otherwise}`;
}
