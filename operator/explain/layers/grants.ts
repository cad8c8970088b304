import { ALLOWED_ACTIONS, type Permission } from "../../access/policy/grants.ts";
import { EVERY_KEY } from "../../access/policy/prefix.ts";
import type { Grant } from "../../api/types.ts";
import { isOnObjects, type Question } from "../question.ts";
import { allowed, blocks, type Layer } from "./layer.ts";

const GRANTS = "prefix";

/**
 * Whether the grants cover the key, or the prefix of a list. Pure.
 * @param allowedAtAws AWS allows the request, if necessary by something else than the BucketAccess
 */
export function grantsLayer(grants: readonly Grant[], question: Question, allowedAtAws: boolean): Layer {
  const { action, key, prefix } = question;
  const allowance = ALLOWED_ACTIONS.find((each) => each.action === action);
  if (allowance === undefined) {
    if (allowedAtAws)
      return allowed(GRANTS, `no permission of a BucketAccess includes ${action}; AWS allows it for another reason`);
    return blocks(
      GRANTS,
      `no permission of a BucketAccess includes ${action}`,
      "avoid the action, or use another role",
    );
  }
  const { permission, on } = allowance;
  const prefixes = prefixesOf(grants, permission);
  const asked = on === "Objects" ? key : prefix;
  const covering = prefixes.find((each) => on === "Bucket" || covers(each, on === "WholeBucket" ? undefined : asked));
  if (covering !== undefined)
    return allowed(GRANTS, `the grant of ${permission} on '${covering}' covers it${aboutMissing(grants, question)}`);
  const held =
    prefixes.length === 0 ? `no grant includes ${permission}` : `${permission} is granted on ${quoted(prefixes)} only`;
  if (allowedAtAws) return allowed(GRANTS, `${held}; AWS allows it for another reason`);
  if (on === "Bucket")
    return blocks(GRANTS, `${held}, and it includes ${action}`, `add ${permission} to a grant in spec.grants`);
  if (on === "WholeBucket")
    return blocks(GRANTS, `${held}, and only its grant on '*' includes ${action}`, addGrant(EVERY_KEY, permission));
  return blocks(GRANTS, `${held}, and ${whatIs(question)}`, remedyOf(permission, prefixes, question));
}

function prefixesOf(grants: readonly Grant[], permission: Permission): string[] {
  return grants.filter(({ permissions }) => permissions.includes(permission)).map(({ prefix }) => prefix);
}

/** A list without a prefix is covered only by a grant on every key, as in IAM. */
function covers(prefix: string, asked: string | undefined): boolean {
  return prefix === EVERY_KEY || (asked !== undefined && asked.startsWith(prefix));
}

function whatIs({ action, key, prefix }: Question): string {
  if (isOnObjects(action)) return `the key is '${key}'`;
  return prefix === undefined || prefix === "" ? "the list has no prefix" : `the list has prefix '${prefix}'`;
}

function remedyOf(permission: Permission, prefixes: readonly string[], { action, key, prefix }: Question): string {
  const place = folderOf(isOnObjects(action) ? key : prefix);
  const nearest = isOnObjects(action) ? undefined : prefixes.find((each) => each.startsWith(prefix ?? ""));
  if (nearest !== undefined) return `list with prefix '${nearest}', including its '/'`;
  if (place === undefined) return "use a key or prefix with a '/'; others can only be granted by '*', the whole bucket";
  return addGrant(place, permission);
}

function addGrant(prefix: string, permission: Permission): string {
  return `add to spec.grants: {prefix: ${JSON.stringify(prefix)}, permissions: [${permission}]}`;
}

/** The narrowest prefix that a grant can have; undefined: only the whole bucket. */
function folderOf(text = ""): string | undefined {
  return text.includes("/") ? text.slice(0, text.lastIndexOf("/") + 1) : undefined;
}

/**
 * For a missing key, S3 answers 404 to a caller that may list it, and compares the condition `s3:prefix` with the key.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, test/aws/FACTS.md
 */
function aboutMissing(grants: readonly Grant[], { action, key }: Question): string {
  if (action !== "s3:GetObject") return "";
  const listed = prefixesOf(grants, "List").some((prefix) => covers(prefix, key));
  return listed ? "" : "; S3 answers 403 and not 404 if the key does not exist, because no grant of List covers it";
}

function quoted(prefixes: readonly string[]): string {
  return prefixes.map((prefix) => `'${prefix}'`).join(", ");
}
