/** S3 Control for buckets and accounts. Requests are signed for the service "s3"; path and account header differ. */

import { AwsError, notImplemented } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Normaliser } from "../normalise.ts";
import type { Access } from "../policy/access.ts";
import { bucketAccess } from "../s3/access.ts";
import { denied, failure, rejection } from "../s3/errors.ts";
import { checkIntegrity } from "../s3/request-checks.ts";
import { accessDenied } from "../s3/route.ts";
import type { Operation, Service } from "../service.ts";
import type { Identity, World } from "../state.ts";
import { accountOf, findBucket } from "../world.ts";
import { element, xmlDocument } from "../xml.ts";
import { accountPublicAccessBlock } from "./public-access-block.ts";
import { resourceTags } from "./resource-tags.ts";
import type { ControlRoute } from "./route.ts";

const VERSION_PATH = "/v20180820/";

/** All S3 Control operations of the simulator. */
const ROUTES: ControlRoute[] = [resourceTags, accountPublicAccessBlock];

/** S3 and S3 Control share a service name. A bucket can be named v20180820, but only S3 Control sends the account. */
export function isS3Control({ path, headers, scope }: AwsRequest): boolean {
  return scope.service === "s3" && path.startsWith(VERSION_PATH) && headers["x-amz-account-id"] !== undefined;
}

export function s3control(world: World, normalise: Normaliser): Service {
  return {
    name: "s3-control",
    route: (request) => route(world, normalise, request),
    renderError,
    failure,
    rejection,
    denied,
  };
}

function route(world: World, normalise: Normaliser, request: AwsRequest): Operation {
  const path = request.path.slice(VERSION_PATH.length);
  const found = ROUTES.find((candidate) => candidate.path.test(path));
  const method = Object.entries(found?.methods ?? {}).find(([name]) => name === request.method)?.[1];
  const unknown = [...request.query.keys()].some((name) => !(method?.parameters ?? []).includes(name));
  if (found === undefined || method === undefined || unknown) {
    throw notImplemented(`${request.method} ${request.path}?${request.query.toString()}`);
  }
  const named = decodeURIComponent(found.path.exec(path)?.[1] ?? "");
  const bucketName = /^arn:aws:s3:::(.+)$/.exec(named)?.[1];
  return {
    name: method.operation,
    actions: [method.action],
    write: method.write,
    ...(bucketName !== undefined && { bucket: bucketName }),
    resourceOf: () => (named === "" ? "*" : named),
    partial: false,
    accesses: (caller) => controlAccesses(world, method.action, named, bucketName, caller),
    perform: (caller) => {
      checkIntegrity(request);
      checkAccount(request, caller);
      const account = accountOf(world, caller.accountId);
      return method.handle({ request, world, account, resource: named, normalise: normalise.for(bucketName ?? "") });
    },
  };
}

/** Actions on the account itself have no resource. */
function controlAccesses(
  world: World,
  action: string,
  resource: string,
  bucketName: string | undefined,
  { accountId: owner }: Identity,
): Access[] {
  const bucket = findBucket(world, bucketName ?? "");
  if (bucketName === undefined) return [{ action, resource: "*", owner }];
  return bucket === undefined ? [] : [{ action, resource, ...bucketAccess(world, bucket) }];
}

/** Denies access to another account. */
function checkAccount({ headers }: AwsRequest, caller: Identity): void {
  if (headers["x-amz-account-id"] !== caller.accountId) throw accessDenied();
}

/** Wrapped errors: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html#operation-error-serialization */
function renderError(error: AwsError, _: Pick<AwsRequest, "path">, requestId: string): Reply {
  const body = element("ErrorResponse", [
    element("Error", [
      element("Type", error.status < 500 ? "Sender" : "Receiver"),
      element("Code", error.code),
      element("Message", error.message),
    ]),
    element("RequestId", requestId),
  ]);
  const headers = { "content-type": "application/xml", ...error.headers };
  return { status: error.status, headers, body: xmlDocument(body) };
}
