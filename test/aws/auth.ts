/**
 * Identifies the caller by the SigV4 Authorization header, by the query parameters of a presigned URL, or by the fields
 * of a form. The signature itself is checked only while policies are evaluated.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 */

import type { Form } from "./form.ts";
import type { AwsRequest, Scope } from "./http.ts";
import type { Rejection } from "./service.ts";
import { policySignature, sha256, signatureOf } from "./signature.ts";
import type { Identity, World } from "./state.ts";

/** Signature data of a request. */
interface Signed {
  scope: Scope;
  signedHeaders: string[];
  signature: string;
  time: string;
  sessionToken: string | undefined;
  payloadHash: string;
  query: URLSearchParams;
  /** Lifetime of a presigned URL in seconds; absent for requests that are signed by header. */
  lasts?: number;
  /** What the signature of a form covers. */
  policy?: string;
}

/** Seven days. */
const MAX_EXPIRES = 604_800;

type Received = Omit<AwsRequest, "scope">;

const CREDENTIAL = /^(?<accessKeyId>\w{16,128})\/\d{8}\/(?<region>[a-z0-9-]+)\/(?<service>[a-z0-9-]+)\/aws4_request$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<credential>[^,]+), ?SignedHeaders=(?<headers>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/** Scope of a request without a well-formed signature: S3 answers requests that name no service. */
const UNSIGNED: Scope = { accessKeyId: "", region: "", service: "s3" };

/** The credential scope, which names the service and the region. */
export function scopeOf(request: Received): Scope {
  return signedPart(request)?.scope ?? UNSIGNED;
}

export function isPresigned({ query }: Pick<AwsRequest, "query">): boolean {
  return query.has("X-Amz-Algorithm");
}

export function isForm(request: Pick<AwsRequest, "form">): boolean {
  return request.form !== undefined;
}

/** Milliseconds since a presigned URL or a form was signed; undefined for other requests. */
export function signatureAge(world: World, request: AwsRequest): number | undefined {
  const signed = isPresigned(request) || isForm(request) ? signedPart(request) : undefined;
  return signed && world.now() - timeOf(signed.time);
}

/** True for the parameters of the signature, and for headers that signers move to the query. */
export function isPresignedParameter(name: string): boolean {
  return (
    /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256)$/.test(name) ||
    /^x-amz-(checksum|sdk-checksum)-/.test(name)
  );
}

/** The identity of the access key, or why the request is rejected. */
export function identify(world: World, request: AwsRequest): Identity | Rejection {
  if (!isSigned(request)) return "missing";
  const signed = signedPart(request);
  if (signed === undefined) return malformed(request);
  const identity = world.identities.get(signed.scope.accessKeyId);
  if (identity === undefined) return "unknown";
  if (identity.credentials.sessionToken !== signed.sessionToken) return "invalidToken";
  if (identity.expiresAt !== undefined && identity.expiresAt <= world.now()) return "expired";
  if (world.evaluatePolicies && !isSignedBy(identity, request, signed)) return "wrongSignature";
  if (signed.lasts !== undefined && world.now() > timeOf(signed.time) + signed.lasts * 1000) return "expiredUrl";
  return identity;
}

function isSigned(request: Received): boolean {
  if (request.form !== undefined) return FORM_FIELDS.some((name) => request.form?.fields.has(name));
  return request.headers["authorization"] !== undefined || isPresigned(request);
}

function malformed(request: Received): Rejection {
  if (isForm(request)) return "malformedForm";
  return isPresigned(request) ? "malformedQuery" : "malformed";
}

function isSignedBy({ credentials }: Identity, { method, path, headers }: AwsRequest, signed: Signed): boolean {
  const { scope, signedHeaders, time, payloadHash, query, policy } = signed;
  if (policy !== undefined) {
    const expected = policySignature(policy, { time, region: scope.region }, credentials.secretAccessKey);
    return expected === signed.signature;
  }
  const parts = { method, path, query, headers, signedHeaders, payloadHash, time, ...scope };
  return signatureOf(parts, credentials.secretAccessKey) === signed.signature;
}

function signedPart(request: Received): Signed | undefined {
  if (request.form !== undefined) return signedByForm(request.form);
  return isPresigned(request) ? presigned(request) : signedByHeader(request);
}

function signedByHeader({ headers, query, body }: Received): Signed | undefined {
  const groups = AUTHORIZATION.exec(headers["authorization"] ?? "")?.groups;
  const scope = credentialScope(groups?.["credential"]);
  if (groups === undefined || scope === undefined) return undefined;
  return {
    scope,
    signedHeaders: (groups["headers"] ?? "").split(";"),
    signature: groups["signature"] ?? "",
    time: headers["x-amz-date"] ?? "",
    sessionToken: headers["x-amz-security-token"],
    payloadHash: headers["x-amz-content-sha256"] ?? sha256(body),
    query,
  };
}

function presigned({ headers, query }: Received): Signed | undefined {
  const scope = credentialScope(query.get("X-Amz-Credential") ?? "");
  const signature = query.get("X-Amz-Signature") ?? "";
  const [time, lasts] = [query.get("X-Amz-Date") ?? "", Number(query.get("X-Amz-Expires") ?? NaN)];
  const isComplete =
    query.get("X-Amz-Algorithm") === "AWS4-HMAC-SHA256" && signature !== "" && !Number.isNaN(timeOf(time));
  if (scope === undefined || !isComplete || !(lasts >= 1 && lasts <= MAX_EXPIRES)) return undefined;
  return {
    scope,
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature,
    time,
    lasts,
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    payloadHash: headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
    query: without(query, "X-Amz-Signature"),
  };
}

const FORM_FIELDS = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "policy"];

function signedByForm({ fields }: Form): Signed | undefined {
  const [algorithm, credential, time = "", signature = "", policy] = FORM_FIELDS.map((name) => fields.get(name));
  const scope = credentialScope(credential);
  const isComplete = algorithm === "AWS4-HMAC-SHA256" && !Number.isNaN(timeOf(time)) && signature !== "";
  if (scope === undefined || policy === undefined || !isComplete) return undefined;
  const unused = { signedHeaders: [], payloadHash: "", query: new URLSearchParams() };
  return { ...unused, scope, signature, time, policy, sessionToken: fields.get("x-amz-security-token") };
}

function credentialScope(credential = ""): Scope | undefined {
  const { accessKeyId, region, service } = CREDENTIAL.exec(credential)?.groups ?? {};
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}

/** Parses the form 20260131T120000Z to milliseconds; NaN for other forms. */
function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  return new URLSearchParams([...query].filter(([each]) => each !== name));
}
