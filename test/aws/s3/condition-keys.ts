/**
 * Condition keys of S3 requests.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */

import { isForm, isPresigned, signatureAge } from "../auth.ts";
import type { AwsRequest } from "../http.ts";
import type { RequestContext } from "../policy/evaluate.ts";
import type { ObjectVersion, World } from "../state.ts";
import { child } from "../xml.ts";
import { bodyDocument } from "./route.ts";
import { tagsOf } from "./tags.ts";

interface Asked {
  request: AwsRequest;
  world: World;
  /** API name. */
  operation: string;
  /** Tags that a copy brings along. Default: those of the request. */
  tags?: ReadonlyMap<string, string>;
}

const PARAMETERS = {
  prefix: "s3:prefix",
  delimiter: "s3:delimiter",
  "max-keys": "s3:max-keys",
  versionId: "s3:VersionId",
};

export function requestContext(asked: Asked): RequestContext {
  const { query, headers } = asked.request;
  const given = Object.entries(PARAMETERS).flatMap(([name, key]): [string, string][] => {
    const value = query.get(name);
    return value === null ? [] : [[key, value]];
  });
  const sent = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  const tags = [...(asked.tags ?? requestTags(asked))];
  return {
    ...connectionContext(asked),
    ...Object.fromEntries(given),
    ...Object.fromEntries(sent.map(([name, value]) => [`s3:${name}`, value])),
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
    ...(tags.length > 0 && { "s3:RequestObjectTagKeys": tags.map(([key]) => key) }),
  };
}

/**
 * Condition keys of the connection. Only presigned URLs and forms have a signature age.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
 */
export function connectionContext({ request, world }: Pick<Asked, "request" | "world">): RequestContext {
  const age = signatureAge(world, request);
  return {
    ...(age !== undefined && { "s3:signatureAge": String(age) }),
    "s3:authType": authType(request),
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    ...(world.tlsVersion !== undefined && { "s3:TlsVersion": world.tlsVersion }),
  };
}

function authType(request: AwsRequest): string {
  if (isForm(request)) return "POST";
  return isPresigned(request) ? "REST-QUERY-STRING" : "REST-HEADER";
}

/** Tags that the object has before the request. */
export function existingTags(version: ObjectVersion | undefined): RequestContext {
  const tags = [...(version?.tags ?? [])];
  return Object.fromEntries(tags.map(([key, value]) => [`s3:ExistingObjectTag/${key}`, value]));
}

function requestTags({ request, operation }: Asked): Iterable<[string, string]> {
  if (operation !== "PutObjectTagging") return new URLSearchParams(request.headers["x-amz-tagging"] ?? "");
  const set = child(bodyDocument(request), "TagSet");
  return tagsOf(set);
}
