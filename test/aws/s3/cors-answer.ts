/**
 * Applies CORS rules to requests: FACTS.md#s3-cors.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { childrenNamed, textAt, type XmlElement } from "../xml.ts";

/** The answer to a preflight request. Throws AccessForbidden if no rule matches. */
export function preflightReply(bucket: Bucket | undefined, { headers }: AwsRequest): Reply {
  const [origin = "", method = ""] = [headers["origin"], headers["access-control-request-method"]];
  if (origin === "") {
    throw new AwsError(400, "BadRequest", "Insufficient information. Origin request header needed.");
  }
  if (bucket === undefined) throw forbidden("CORSResponse: Bucket not found");
  if (bucket.cors === undefined) throw forbidden("CORSResponse: CORS is not enabled for this bucket.");
  const names = (headers["access-control-request-headers"] ?? "").split(",").map((name) => name.trim());
  const asked = names.filter((name) => name !== "");
  const rule = matchingRule(bucket.cors, origin, method, asked);
  if (rule === undefined) throw forbidden("CORSResponse: This CORS request is not allowed.");
  return {
    status: 200,
    headers: {
      ...originHeaders(rule, origin),
      ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ").toLowerCase() }),
    },
  };
}

/** CORS headers for the answer to a request with an Origin, also for an error; empty if no rule matches. */
export function corsHeaders(bucket: Bucket | undefined, { method, headers }: AwsRequest): Record<string, string> {
  const { origin } = headers;
  if (bucket?.cors === undefined || origin === undefined) return {};
  const rule = matchingRule(bucket.cors, origin, method, []);
  return rule === undefined ? {} : originHeaders(rule, origin);
}

/** The first rule that allows the origin, the method and all headers. */
function matchingRule(cors: XmlElement, origin: string, method: string, asked: string[]): XmlElement | undefined {
  return childrenNamed(cors, "CORSRule").find((rule) => {
    const allowed = textsOf(rule, "AllowedHeader").map((header) => header.toLowerCase());
    return (
      textsOf(rule, "AllowedOrigin").some((pattern) => matches(pattern, origin)) &&
      textsOf(rule, "AllowedMethod").includes(method) &&
      asked.every((name) => allowed.some((pattern) => matches(pattern, name.toLowerCase())))
    );
  });
}

function originHeaders(rule: XmlElement, origin: string): Record<string, string> {
  const everybody = textsOf(rule, "AllowedOrigin").includes("*");
  const exposed = textsOf(rule, "ExposeHeader");
  const maxAge = textAt(rule, "MaxAgeSeconds");
  return {
    "access-control-allow-origin": everybody ? "*" : origin,
    "access-control-allow-methods": textsOf(rule, "AllowedMethod").join(", "),
    ...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
    ...(maxAge !== undefined && { "access-control-max-age": maxAge }),
    ...(!everybody && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** A `*` in the pattern matches any characters. */
function matches(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function textsOf(rule: XmlElement, name: string): string[] {
  return childrenNamed(rule, name).map(({ text }) => text);
}

function forbidden(message: string): AwsError {
  return new AwsError(403, "AccessForbidden", message);
}
