/** The query protocol of STS and IAM: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */

import { AwsError, deniedMessage, notImplemented } from "./errors.ts";
import type { AwsRequest, Reply } from "./http.ts";
import type { Access } from "./policy/access.ts";
import type { RequestContext } from "./policy/evaluate.ts";
import type { Failure, Operation, Rejection, Service } from "./service.ts";
import type { Identity, World } from "./state.ts";
import { element, xmlDocument, type XmlElement } from "./xml.ts";

export interface QueryContext {
  world: World;
  caller: Identity;
  /** Region of the signature. */
  region: string;
}

export interface QueryAction {
  /** API name, and the IAM action after the service's prefix. */
  operation: string;
  write: boolean;
  /** Known parameters besides Action and Version. Lists by their first part: Tags stands for Tags.member.1.Key. */
  parameters: string[];
  /** Further IAM actions that the request needs. */
  furtherActions?(parameters: URLSearchParams): string[];
  /** The ARN in a denial message. */
  resource(parameters: URLSearchParams, context: QueryContext): string;
  /** Needs no credentials. */
  unsigned?: true;
  /** The operation evaluates policies itself, see Operation. */
  asksPolicies?: true;
  /** Content of the result element; undefined for operations without one. */
  handle(parameters: URLSearchParams, context: QueryContext): Result | Promise<Result>;
}

type Result = XmlElement[] | undefined;

export interface QueryService {
  /** Service name in signatures and IAM actions. */
  name: string;
  namespace: string;
  actions: QueryAction[];
  /** Condition keys of a request. */
  context?(parameters: URLSearchParams, context: QueryContext): RequestContext;
  /** Errors of fault switches that differ from those of the query protocol. */
  failure?(kind: Failure): AwsError | undefined;
  /** Throws for requests that the service refuses regardless of the operation. */
  check?(request: AwsRequest): void;
}

export function queryService(world: World, service: QueryService): Service {
  return {
    name: service.name,
    route: (request) => route(world, service, request),
    renderError: (error, _, requestId) => renderError(service.namespace, error, requestId),
    failure: (kind) => service.failure?.(kind) ?? failure(kind),
    rejection,
    denied: (caller, action, resource, because) =>
      new AwsError(403, "AccessDenied", deniedMessage(caller.arn, action, resource, because)),
  };
}

/** Values of a list parameter, such as `TagKeys.member.1`, in order. */
export function listParameter(parameters: URLSearchParams, name: string): string[] {
  return listMembers(parameters, name).map((member) => member.get("") ?? "");
}

/** Structures of a list parameter, with members by name: `Tags.member.1.Key` is "Key" of the first. */
export function listMembers(parameters: URLSearchParams, name: string): URLSearchParams[] {
  const members = new Map<number, URLSearchParams>();
  for (const [key, value] of parameters) {
    const [, number, member = ""] = new RegExp(`^${name}\\.member\\.(\\d+)(?:\\.(.+))?$`).exec(key) ?? [];
    if (number === undefined) continue;
    const fields = members.get(Number(number)) ?? new URLSearchParams();
    fields.set(member, value);
    members.set(Number(number), fields);
  }
  return [...members].toSorted(([a], [b]) => a - b).map(([, fields]) => fields);
}

function route(world: World, service: QueryService, request: AwsRequest): Operation {
  const parameters = new URLSearchParams(request.body.toString("utf8"));
  const found = service.actions.find(({ operation }) => operation === parameters.get("Action"));
  const known = new Set(["Action", "Version", ...(found?.parameters ?? [])]);
  const unknown = [...parameters.keys()].find((name) => !known.has(name.split(".")[0] ?? ""));
  if (request.method !== "POST" || found === undefined || unknown !== undefined) {
    throw notImplemented(`${service.name}:${parameters.get("Action")} with ${unknown ?? "nothing more"}`);
  }
  const { region } = request.scope;
  const actions = [`${service.name}:${found.operation}`, ...(found.furtherActions?.(parameters) ?? [])];
  return {
    name: found.operation,
    actions,
    write: found.write,
    resourceOf: (_, caller) => found.resource(parameters, { world, caller, region }),
    partial: false,
    ...(found.unsigned && { unsigned: true }),
    accesses: (caller) => accesses(service, found, actions, parameters, { world, caller, region }),
    perform: async (caller) => {
      service.check?.(request);
      const content = await found.handle(parameters, { world, caller, region });
      return reply(service.namespace, found.operation, content);
    },
  };
}

function accesses(
  service: QueryService,
  found: QueryAction,
  actions: string[],
  parameters: URLSearchParams,
  context: QueryContext,
): Access[] {
  if (found.asksPolicies) return [];
  const resource = found.resource(parameters, context);
  const requestContext = service.context?.(parameters, context) ?? {};
  return actions.map((action) => ({ action, resource, owner: context.caller.accountId, context: requestContext }));
}

function reply(namespace: string, operation: string, content: XmlElement[] | undefined): Reply {
  const result = content && element(`${operation}Result`, content);
  const metadata = element("ResponseMetadata", [element("RequestId", "simulated")]);
  const root = element(`${operation}Response`, [result, metadata]);
  return { status: 200, headers: { "content-type": "text/xml" }, body: xmlDocument(root, namespace) };
}

function renderError(namespace: string, error: AwsError, requestId: string): Reply {
  const root = element("ErrorResponse", [
    element("Error", [
      element("Type", error.status < 500 ? "Sender" : "Receiver"),
      element("Code", error.code),
      element("Message", error.message),
    ]),
    element("RequestId", requestId),
  ]);
  return { status: error.status, headers: { "content-type": "text/xml" }, body: xmlDocument(root, namespace) };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html; IAM has the same errors. */
function failure(kind: Failure): AwsError {
  if (kind === "throttle") return new AwsError(400, "Throttling", "Rate exceeded");
  return new AwsError(500, "InternalFailure", "The request processing has failed because of an unknown error.");
}

function rejection(kind: Rejection): AwsError {
  switch (kind) {
    case "missing":
      return new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    case "malformed":
      return new AwsError(400, "IncompleteSignature", "The request signature does not conform to AWS standards.");
    case "expired":
      return new AwsError(403, "ExpiredToken", "The security token included in the request is expired");
    case "wrongSignature":
      return new AwsError(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
      );
    default:
      return new AwsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
}
