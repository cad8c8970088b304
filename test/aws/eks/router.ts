/** EKS, in AWS's REST JSON protocol: https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html */

import { AwsError, deniedMessage, notImplemented } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Failure, Operation, Rejection, Service } from "../service.ts";
import type { Identity, World } from "../state.ts";
import { clusterArn, describeCluster } from "./clusters.ts";
import { podIdentityRoutes } from "./pod-identity.ts";
import type { EksInput, EksRoute } from "./route.ts";

/** All EKS operations of the simulator. */
const ROUTES: EksRoute[] = [describeCluster, ...podIdentityRoutes];

export const EKS_OPERATIONS = ROUTES.map(({ operation }) => operation);

export function eks(world: World): Service {
  return { name: "eks", route: (request) => route(world, request), renderError, failure, rejection, denied };
}

function route(world: World, request: AwsRequest): Operation {
  const found = ROUTES.find(({ method, path }) => method === request.method && path.test(request.path));
  const input = { ...Object.fromEntries(request.query), ...parseBody(request.body) };
  const unknown = Object.keys(input).find((name) => !(found?.parameters ?? []).includes(name));
  if (found === undefined || unknown !== undefined) {
    throw notImplemented(`eks ${request.method} ${request.path} with ${unknown ?? "nothing more"}`);
  }
  const names = (found.path.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
  const further = found.furtherActions?.(input) ?? new Map<string, string | undefined>();
  const { region } = request.scope;
  const resourceOf = (action: string, { accountId }: Identity) =>
    further.get(action) ?? resourceArn(region, accountId, action === "eks:TagResource" ? [...names, "new"] : names);
  return {
    name: found.operation,
    actions: [`eks:${found.operation}`, ...further.keys()],
    write: found.write,
    resourceOf,
    partial: false,
    accesses: (caller) =>
      [`eks:${found.operation}`, ...further.keys()].map((action) => ({
        action,
        resource: resourceOf(action, caller),
        owner: caller.accountId,
        context: { "iam:PassedToService": "pods.eks.amazonaws.com" },
      })),
    perform: (caller) => json(200, found.handle(input, { world, caller, region, names })),
  };
}

/** ARN of the cluster, or of the association if there is one. */
function resourceArn(region: string, accountId: string, [cluster = "", association]: string[]): string {
  if (association === undefined) return clusterArn(region, accountId, cluster);
  return `arn:aws:eks:${region}:${accountId}:podidentityassociation/${cluster}/${association}`;
}

function parseBody(body: Buffer): EksInput {
  try {
    return JSON.parse(body.toString("utf8") || "{}") as EksInput;
  } catch {
    throw new AwsError(400, "SerializationException", "The request body is not JSON");
  }
}

function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function renderError({ status, code, message }: AwsError): Reply {
  return json(status, { message }, { "x-amzn-errortype": code });
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html */
function failure(kind: Failure): AwsError {
  if (kind === "throttle") return new AwsError(429, "ThrottlingException", "Rate exceeded");
  return new AwsError(500, "ServerException", "These errors are usually caused by a server-side issue.");
}

function rejection(kind: Rejection): AwsError {
  switch (kind) {
    case "missing":
      return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    case "malformed":
      return new AwsError(
        403,
        "IncompleteSignatureException",
        "The request signature does not conform to AWS standards.",
      );
    case "expired":
      return new AwsError(403, "ExpiredTokenException", "The security token included in the request is expired");
    case "wrongSignature":
      return new AwsError(
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
      );
    default:
      return new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
  }
}

function denied(caller: Identity, action: string, resource: string, because?: string): AwsError {
  return new AwsError(403, "AccessDeniedException", deniedMessage(caller.arn, action, resource, because));
}
