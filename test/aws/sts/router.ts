/** STS, in AWS's query protocol: https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */

import { AwsError, deniedMessage, notImplemented } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Failure, Operation, Rejection, Service } from "../service.ts";
import type { Identity, World } from "../state.ts";
import { element, xmlDocument, type XmlElement } from "../xml.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

export interface StsAction {
  operation: string;
  /** Known parameters besides Action and Version. */
  parameters: string[];
  /** ARN that a denial names. */
  resource(parameters: URLSearchParams): string;
  /** The content of the result element. */
  handle(parameters: URLSearchParams, caller: Identity, world: World): XmlElement[];
}

/** All that the simulator knows of STS. */
const ACTIONS: StsAction[] = [getCallerIdentity, assumeRole];

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

export function sts(world: World): Service {
  return { name: "sts", route: (request) => route(world, request), renderError, failure, rejection, denied };
}

function route(world: World, request: AwsRequest): Operation {
  const parameters = new URLSearchParams(request.body.toString("utf8"));
  const found = ACTIONS.find(({ operation }) => operation === parameters.get("Action"));
  const known = new Set(["Action", "Version", ...(found?.parameters ?? [])]);
  const unknown = [...parameters.keys()].find((name) => !known.has(name));
  if (request.method !== "POST" || found === undefined || unknown !== undefined) {
    throw notImplemented(`sts:${parameters.get("Action")} with ${unknown ?? "nothing more"}`);
  }
  return {
    name: found.operation,
    actions: [`sts:${found.operation}`],
    write: false,
    resource: found.resource(parameters),
    partial: false,
    perform: (caller) => result(found.operation, found.handle(parameters, caller, world)),
  };
}

function result(operation: string, content: XmlElement[]): Reply {
  const metadata = element("ResponseMetadata", [element("RequestId", "simulated")]);
  const root = element(`${operation}Response`, [element(`${operation}Result`, content), metadata]);
  return { status: 200, headers: { "content-type": "text/xml" }, body: xmlDocument(root, NAMESPACE) };
}

function renderError(error: AwsError, _: Pick<AwsRequest, "path">, requestId: string): Reply {
  const root = element("ErrorResponse", [
    element("Error", [
      element("Type", error.status < 500 ? "Sender" : "Receiver"),
      element("Code", error.code),
      element("Message", error.message),
    ]),
    element("RequestId", requestId),
  ]);
  return { status: error.status, headers: { "content-type": "text/xml" }, body: xmlDocument(root, NAMESPACE) };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
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
    default:
      return new AwsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
}

function denied(caller: Identity, action: string, resource: string): AwsError {
  return new AwsError(403, "AccessDenied", deniedMessage(caller.arn, action, resource));
}
