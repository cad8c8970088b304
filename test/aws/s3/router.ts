/** Routes S3 requests. Unknown requests are answered with 501 and never treated as requests on the bucket itself. */

import { isPresigned, isPresignedParameter } from "../auth.ts";
import { notImplemented, type AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Normaliser } from "../normalise.ts";
import type { Operation, Service } from "../service.ts";
import type { Identity, World } from "../state.ts";
import { accountOf, findBucket } from "../world.ts";
import { textAt } from "../xml.ts";
import { s3Accesses } from "./access.ts";
import { addressOf } from "./address.ts";
import { checkChunkSignatures, unchunked } from "./aws-chunked.ts";
import { requireChecksum } from "./checksums.ts";
import { corsHeaders, preflightReply } from "./cors-answer.ts";
import { denied, failure, rejection, renderError } from "./errors.ts";
import { asPut, isPost, postedKey, postReply } from "./post-object.ts";
import { checkPostPolicy } from "./post-policy.ts";
import { noSuchBucket, reachableBucket } from "./reachable-bucket.ts";
import { checkIntegrity, isCommonHeader } from "./request-checks.ts";
import { accessDenied, bodyDocument, type Exchange, type Method, type Subresource } from "./route.ts";
import { SUBRESOURCES } from "./subresources.ts";

/** The SDK sends the operation name in x-id. Method and subresource already determine it. */
const IGNORED_PARAMETERS = ["x-id"];

export function s3(world: World, normalise: Normaliser): Service {
  return {
    name: "s3",
    route: (request) => route(world, normalise, request),
    headers: (request) => corsHeaders(findBucket(world, addressOf(request).bucketName), request),
    takesUnsigned: true,
    renderError,
    failure,
    rejection,
    denied,
  };
}

function route(world: World, normalise: Normaliser, received: AwsRequest): Operation {
  const request = unchunked(received);
  const { bucketName, key } = addressOf(request);
  if (request.method === "OPTIONS") return preflight(world, request, bucketName);
  if (isPost(request, key) && bucketName !== "") return post(world, normalise, request, bucketName);
  const subresource = findSubresource(request, levelOf(bucketName, key));
  const method = findMethod(request, subresource);
  refuseUnknown(request, subresource, method);
  const decided = (name: Method["action"]) => (typeof name === "string" ? name : name(request));
  const operation = decided(method.operation);
  const own = [decided(method.action), ...(method.furtherActions?.(request) ?? [])];
  const sources = method.sources?.(request) ?? [];
  const resourceOf = (action: string) => (action === "iam:PassRole" ? roleOf(request) : arnOf(bucketName, key));
  return {
    name: operation,
    actions: [...own, ...sources.map(({ action }) => action)],
    write: method.write,
    ...(bucketName !== "" && { bucket: bucketName }),
    ...(key !== "" && { key }),
    resourceOf,
    accesses: (caller) => {
      const whole = own
        .map((action) => ({ action, resource: resourceOf(action) }))
        .filter(({ action, resource }) => action !== "iam:PassRole" || resource.startsWith("arn:"));
      const parts = method
        .parts?.(request)
        .map((part) => ({ action: part.action, resource: arnOf(bucketName, part.key) }));
      return s3Accesses({ request, world, caller, operation, bucketName, key, sources, actions: parts ?? whole });
    },
    partial: method.partial === true,
    perform: (caller, denials) => {
      if (world.evaluatePolicies) checkChunkSignatures(received, caller);
      checkIntegrity(request);
      if (takesDocument(subresource) && method.checksumOptional !== true) requireChecksum(request);
      const account = accountOf(world, accountIdOf(world, caller, bucketName));
      const switches = { normalise: normalise.for(bucketName), denials };
      return perform(method, { request, world, caller, account, bucketName, key, ...switches });
    },
  };
}

/** A form of a browser, which is a PutObject within the limits of its policy. */
function post(world: World, normalise: Normaliser, request: AwsRequest, bucketName: string): Operation {
  const key = postedKey(request);
  const put = route(world, normalise, asPut(request, bucketName, key));
  return {
    ...put,
    name: "PostObject",
    perform: async (caller, denials) => {
      const { form } = request;
      if (form === undefined) return put.perform(caller, denials);
      checkPostPolicy({ bucketName, key, form, now: world.now() });
      return postReply(form, bucketName, key, await put.perform(caller, denials));
    },
  };
}

/** CORS preflight requests. They are unsigned, and policies do not apply. */
function preflight(world: World, request: AwsRequest, bucketName: string): Operation {
  return {
    name: "Preflight",
    actions: [],
    write: false,
    bucket: bucketName,
    resourceOf: () => arnOf(bucketName, ""),
    partial: false,
    unsigned: true,
    accesses: () => [],
    perform: () => preflightReply(findBucket(world, bucketName), request),
  };
}

function perform(method: Method, exchange: Exchange) {
  return "handle" in method ? method.handle(reachableBucket(exchange), exchange) : method.handleName(exchange);
}

function arnOf(bucketName: string, key: string): string {
  if (bucketName === "") return "*";
  return `arn:aws:s3:::${bucketName}${key === "" ? "" : `/${key}`}`;
}

/** The role of a replication configuration. */
function roleOf(request: AwsRequest): string {
  return textAt(bodyDocument(request), "Role") ?? "*";
}

/** Callers from outside have no account; S3 lets them act in that of the bucket. */
function accountIdOf(world: World, { accountId, outside }: Identity, bucketName: string): string {
  if (outside === undefined) return accountId;
  const bucket = findBucket(world, bucketName);
  if (bucket === undefined) throw bucketName === "" ? accessDenied() : noSuchBucket(bucketName);
  return bucket.accountId;
}

function takesDocument({ level, query }: Subresource): boolean {
  return level !== "service" && query !== undefined;
}

function levelOf(bucketName: string, key: string): Subresource["level"] {
  if (bucketName === "") return "service";
  return key === "" ? "bucket" : "object";
}

function findSubresource(request: AwsRequest, level: Subresource["level"]): Subresource {
  const candidates = SUBRESOURCES.filter((candidate) => candidate.level === level);
  const named = candidates.filter(({ query }) => query !== undefined && request.query.has(query));
  const found = named.length === 0 ? candidates.find(({ query }) => query === undefined) : named[0];
  if (found === undefined || named.length > 1) throw unknownRequest(request);
  return found;
}

function findMethod(request: AwsRequest, subresource: Subresource): Method {
  const method = Object.entries(subresource.methods).find(([name]) => name === request.method)?.[1];
  if (method === undefined) throw unknownRequest(request);
  return method;
}

function refuseUnknown(request: AwsRequest, subresource: Subresource, method: Method): void {
  const parameters = new Set([...IGNORED_PARAMETERS, subresource.query, ...(method.parameters ?? [])]);
  const isOfSignature = (name: string) => isPresigned(request) && isPresignedParameter(name);
  const isKnown = (name: string) => parameters.has(name) || isOfSignature(name);
  if (![...request.query.keys()].every(isKnown)) throw unknownRequest(request);
  const isGiven = (name: string) =>
    (method.headers ?? []).some((known) =>
      known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known,
    );
  const header = Object.keys(request.headers).find((name) => !isCommonHeader(name) && !isGiven(name));
  if (header !== undefined) throw notImplemented(`the header ${header} of ${request.method} ${subresource.name}`);
}

function unknownRequest({ method, path, query }: AwsRequest): AwsError {
  return notImplemented(`${method} ${path}?${query.toString()}`);
}
