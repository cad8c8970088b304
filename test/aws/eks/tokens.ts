/**
 * Web identity tokens, signed by their issuer: of service accounts, and of other subjects.
 * https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
 */

import { generateKeyPairSync, sign, verify } from "node:crypto";
import { isObject, parseJsonObject, type Json } from "../policy-json.ts";
import type { Cluster, Issuer, World } from "../state.ts";

export interface TokenOptions {
  /** Default: sts.amazonaws.com. */
  audience?: string;
  /** Default: one day. */
  expiresInSeconds?: number;
}

export interface ServiceAccount {
  namespace: string;
  serviceAccount: string;
}

const DAY_SECONDS = 86_400;

/** A JSON Web Token of the service account. */
export function serviceAccountToken(
  world: World,
  cluster: Cluster,
  { namespace, serviceAccount }: ServiceAccount,
  options?: TokenOptions,
): string {
  return webIdentityToken(world, cluster, `system:serviceaccount:${namespace}:${serviceAccount}`, options);
}

/** Adds an issuer that is no cluster, such as GitHub Actions. It is not yet an identity provider of IAM. */
export function addIssuer(world: World, oidcIssuer: string): Issuer {
  const issuer = { oidcIssuer, signingKeys: newSigningKeys() };
  world.issuers.push(issuer);
  return issuer;
}

export function newSigningKeys(): Issuer["signingKeys"] {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** A JSON Web Token of the issuer for this subject, the claim `sub`. */
export function webIdentityToken(
  world: World,
  { oidcIssuer, signingKeys }: Issuer,
  subject: string,
  { audience = "sts.amazonaws.com", expiresInSeconds = DAY_SECONDS }: TokenOptions = {},
): string {
  const issued = Math.floor(world.now() / 1000);
  const claims = {
    iss: oidcIssuer,
    sub: subject,
    aud: [audience],
    iat: issued,
    exp: issued + expiresInSeconds,
  };
  const content = [{ alg: "ES256", typ: "JWT" }, claims].map((part) => encoded(JSON.stringify(part))).join(".");
  const signature = sign("sha256", Buffer.from(content), { key: signingKeys.privateKey, dsaEncoding: "ieee-p1363" });
  return `${content}.${encoded(signature)}`;
}

/** Claims of the token if its issuer signed it; undefined otherwise. */
export function verifiedClaims(world: World, token: string): Json | undefined {
  const [header = "", body = "", signature = ""] = token.split(".");
  const claims = parseJsonObject(Buffer.from(body, "base64url").toString("utf8"));
  const issuer = issuersOf(world).find(({ oidcIssuer }) => oidcIssuer === claims?.["iss"]);
  if (!isObject(claims) || issuer === undefined) return undefined;
  const key = { key: issuer.signingKeys.publicKey, dsaEncoding: "ieee-p1363" } as const;
  const isSigned = verify("sha256", Buffer.from(`${header}.${body}`), key, Buffer.from(signature, "base64url"));
  return isSigned ? claims : undefined;
}

function issuersOf(world: World): Issuer[] {
  return [...[...world.accounts.values()].flatMap(({ clusters }) => [...clusters.values()]), ...world.issuers];
}

function encoded(content: string | Buffer): string {
  return Buffer.from(content).toString("base64url");
}
