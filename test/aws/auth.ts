/**
 * Who is calling: SigV4's Authorization header, read strictly. The signature itself is not checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */

import type { AwsRequest, Scope } from "./http.ts";
import type { Rejection } from "./service.ts";
import type { Identity, World } from "./state.ts";

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>\w{16,128})\/\d{8}\/(?<region>[a-z0-9-]+)\/(?<service>[a-z0-9-]+)\/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}$/;

/** Scope of a request that is not signed, or not as it should be: S3 answers those that name no service. */
const UNSIGNED: Scope = { accessKeyId: "", region: "", service: "s3" };

/** The credential scope, which also says which service and region are meant. */
export function scopeOf(headers: Record<string, string>): Scope {
  const groups = AUTHORIZATION.exec(headers["authorization"] ?? "")?.groups;
  if (groups === undefined) return UNSIGNED;
  const { accessKeyId = "", region = "", service = "" } = groups;
  return { accessKeyId, region, service };
}

/** The identity behind the access key, or why it is not accepted. */
export function identify(world: World, request: AwsRequest): Identity | Rejection {
  if (request.headers["authorization"] === undefined) return "missing";
  if (request.scope.accessKeyId === "") return "malformed";
  const identity = world.identities.get(request.scope.accessKeyId);
  if (identity === undefined) return "unknown";
  if (identity.credentials.sessionToken !== request.headers["x-amz-security-token"]) return "invalidToken";
  if (identity.expiresAt !== undefined && identity.expiresAt <= world.now()) return "expired";
  return identity;
}
