/** Redirects of website endpoints: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html */

import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";

/** The redirect of RedirectAllRequestsTo, if the website has it. */
export function redirectAll(website: XmlElement, request: AwsRequest, key: string): Reply | undefined {
  const all = child(website, "RedirectAllRequestsTo");
  return all && moved("301", textAt(all, "Protocol"), textAt(all, "HostName") ?? request.host, key);
}

/**
 * The first rule for the key; with `status`, for an error of that status. A rule with an error code applies only to
 * errors, and a rule without one only before the object is looked up.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Condition.html
 */
export function ruleFor(website: XmlElement, key: string, status?: number): XmlElement | undefined {
  const rules = child(website, "RoutingRules");
  return (rules === undefined ? [] : childrenNamed(rules, "RoutingRule")).find((rule) => {
    const [prefix, code] = [prefixOf(rule), textAt(rule, "Condition", "HttpErrorCodeReturnedEquals")];
    return key.startsWith(prefix) && code === status?.toString();
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Redirect.html */
export function redirectTo(rule: XmlElement | undefined, request: AwsRequest, key: string): Reply | undefined {
  if (rule === undefined) return undefined;
  const redirect = child(rule, "Redirect");
  const [whole, prefix] = [textAt(redirect, "ReplaceKeyWith"), textAt(redirect, "ReplaceKeyPrefixWith")];
  const target = whole ?? (prefix === undefined ? key : `${prefix}${key.slice(prefixOf(rule).length)}`);
  const host = textAt(redirect, "HostName") ?? request.host;
  return moved(textAt(redirect, "HttpRedirectCode"), textAt(redirect, "Protocol"), host, target);
}

/**
 * For a key without an object whose folder has an index document: the folder.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html
 */
export function folderRedirect({ objects }: Bucket, key: string, suffix: string): Reply | undefined {
  const exists = (name: string) => objects.get(name)?.[0]?.deleteMarker === false;
  if (exists(key) || !exists(`${key}/${suffix}`)) return undefined;
  return { status: 302, headers: { location: `/${encoded(key)}/` } };
}

function prefixOf(rule: XmlElement): string {
  return textAt(rule, "Condition", "KeyPrefixEquals") ?? "";
}

/** Defaults: FACTS.md#s3-website-endpoints. */
function moved(status = "301", protocol = "http", host: string, key: string): Reply {
  return { status: Number(status), headers: { location: `${protocol}://${host}/${encoded(key)}` } };
}

function encoded(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
