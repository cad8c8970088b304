/**
 * Service account tokens, signed by their cluster.
 * https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */

import { sign, verify } from "node:crypto";
import { isObject, parseJsonObject, type Json } from "../policy-json.ts";
import type { Cluster, World } from "../state.ts";

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
  { oidcIssuer, signingKeys }: Cluster,
  { namespace, serviceAccount }: ServiceAccount,
  { audience = "sts.amazonaws.com", expiresInSeconds = DAY_SECONDS }: TokenOptions = {},
): string {
  const issued = Math.floor(world.now() / 1000);
  const claims = {
    iss: oidcIssuer,
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    aud: [audience],
    iat: issued,
    exp: issued + expiresInSeconds,
  };
  const content = [{ alg: "ES256", typ: "JWT" }, claims].map((part) => encoded(JSON.stringify(part))).join(".");
  const signature = sign("sha256", Buffer.from(content), { key: signingKeys.privateKey, dsaEncoding: "ieee-p1363" });
  return `${content}.${encoded(signature)}`;
}

/** Claims of the token if its issuer's cluster signed it; undefined otherwise. */
export function verifiedClaims(world: World, token: string): Json | undefined {
  const [header = "", body = "", signature = ""] = token.split(".");
  const claims = parseJsonObject(Buffer.from(body, "base64url").toString("utf8"));
  const cluster = clustersOf(world).find(({ oidcIssuer }) => oidcIssuer === claims?.["iss"]);
  if (!isObject(claims) || cluster === undefined) return undefined;
  const key = { key: cluster.signingKeys.publicKey, dsaEncoding: "ieee-p1363" } as const;
  const isSigned = verify("sha256", Buffer.from(`${header}.${body}`), key, Buffer.from(signature, "base64url"));
  return isSigned ? claims : undefined;
}

function clustersOf(world: World): Cluster[] {
  return [...world.accounts.values()].flatMap(({ clusters }) => [...clusters.values()]);
}

function encoded(content: string | Buffer): string {
  return Buffer.from(content).toString("base64url");
}
