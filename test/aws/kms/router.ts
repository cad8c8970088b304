/** KMS, in AWS's JSON protocol: https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */

import { AwsError, deniedMessage, notImplemented } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Failure, Operation, Rejection, Service } from "../service.ts";
import type { Identity, World } from "../state.ts";
import { kmsAccesses } from "./access.ts";
import { aliasActions } from "./aliases.ts";
import { keyPolicyActions } from "./key-policy.ts";
import { keyStateActions } from "./key-states.ts";
import { keyActions } from "./keys.ts";
import { rotationActions } from "./rotation.ts";
import { text, type KmsAction, type KmsInput } from "./route.ts";
import { tagActions } from "./tags.ts";

/** All KMS operations of the simulator. */
const ACTIONS: KmsAction[] = [
  ...keyActions,
  ...keyStateActions,
  ...keyPolicyActions,
  ...rotationActions,
  ...tagActions,
  ...aliasActions,
];

export const KMS_OPERATIONS = ACTIONS.map(({ operation }) => operation);

const TARGET_PREFIX = "TrentService.";

export function kms(world: World): Service {
  return { name: "kms", route: (request) => route(world, request), renderError, failure, rejection, denied };
}

function route(world: World, request: AwsRequest): Operation {
  const target = request.headers["x-amz-target"] ?? "";
  const action = ACTIONS.find(({ operation }) => target === `${TARGET_PREFIX}${operation}`);
  const input = parseInput(request.body);
  const unknown = Object.keys(input).find((name) => !(action?.parameters ?? []).includes(name));
  if (action === undefined || unknown !== undefined) {
    throw notImplemented(`kms ${target} with ${unknown ?? "nothing more"}`);
  }
  const { region } = request.scope;
  const further = action.furtherActions?.(input) ?? [];
  return {
    name: action.operation,
    actions: [`kms:${action.operation}`, ...further],
    write: action.write,
    resourceOf: () => text(input, "KeyId") || "*",
    partial: false,
    accesses: (caller) => kmsAccesses([`kms:${action.operation}`, ...further], input, { world, caller, region }),
    perform: (caller) => json(200, action.handle(input, { world, caller, region })),
  };
}

function parseInput(body: Buffer): KmsInput {
  try {
    return JSON.parse(body.toString("utf8") || "{}") as KmsInput;
  } catch {
    throw new AwsError(400, "SerializationException", "The request body is not JSON");
  }
}

function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", ...headers },
    body: JSON.stringify(body),
  };
}

function renderError({ status, code, message }: AwsError): Reply {
  return json(status, { __type: code, message });
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html */
function failure(kind: Failure): AwsError {
  if (kind === "throttle") return new AwsError(400, "ThrottlingException", "Rate exceeded");
  return new AwsError(500, "KMSInternalException", "An internal error occurred.");
}

function rejection(kind: Rejection): AwsError {
  switch (kind) {
    case "missing":
      return new AwsError(400, "MissingAuthenticationTokenException", "Missing Authentication Token");
    case "malformed":
      return new AwsError(
        400,
        "IncompleteSignatureException",
        "The request signature does not conform to AWS standards.",
      );
    case "expired":
      return new AwsError(400, "ExpiredTokenException", "The security token included in the request is expired");
    case "wrongSignature":
      return new AwsError(
        400,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
      );
    default:
      return new AwsError(400, "UnrecognizedClientException", "The security token included in the request is invalid.");
  }
}

function denied(caller: Identity, action: string, resource: string, because?: string): AwsError {
  return new AwsError(400, "AccessDeniedException", deniedMessage(caller.arn, action, resource, because));
}
