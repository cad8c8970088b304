/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */

import { verifiedClaims } from "../eks/tokens.ts";
import { AwsError } from "../errors.ts";
import { listOf, type Json } from "../policy-json.ts";
import { trustingRole } from "../policy/trust.ts";
import type { QueryAction } from "../query.ts";
import type { OidcProvider, World } from "../state.ts";
import { element } from "../xml.ts";
import { newSession, sessionElements } from "./session.ts";

const ACTION = "sts:AssumeRoleWithWebIdentity";

export const assumeRoleWithWebIdentity: QueryAction = {
  operation: "AssumeRoleWithWebIdentity",
  write: false,
  unsigned: true,
  parameters: ["RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", "Policy"],
  resource: (parameters) => parameters.get("RoleArn") ?? "*",
  asksPolicies: true,
  handle: async (parameters, { world }) => {
    const roleArn = parameters.get("RoleArn") ?? "";
    const claims = acceptedClaims(world, parameters.get("WebIdentityToken") ?? "");
    const { provider, audience } = providerOf(world, roleArn, claims);
    const [sub, aud] = [String(claims["sub"]), audience];
    const context = { [`${provider.url}:sub`]: sub, [`${provider.url}:aud`]: aud };
    const role = await trustingRole(world, roleArn, { action: ACTION, principal: provider.arn, context });
    if (role === undefined) throw new AwsError(403, "AccessDenied", `Not authorized to perform ${ACTION}`);
    return [
      ...sessionElements(role, newSession(world, role, parameters, role.maxSessionSeconds)),
      element("SubjectFromWebIdentityToken", sub),
      element("Provider", provider.arn),
      element("Audience", aud),
    ];
  },
};

/** Claims of the token. Throws unless its issuer signed it and it has not expired. */
function acceptedClaims(world: World, token: string): Json {
  const claims = verifiedClaims(world, token);
  if (claims === undefined) throw invalidToken("Couldn't retrieve verification key from your identity provider");
  if (Number(claims["exp"]) * 1000 > world.now()) return claims;
  throw new AwsError(
    400,
    "ExpiredTokenException",
    "Token expired: the current date/time must be before the expiration date/time",
  );
}

/** The identity provider in the role's account for the token's issuer, and the audience that it accepts. */
function providerOf(world: World, roleArn: string, claims: Json): { provider: OidcProvider; audience: string } {
  const account = world.accounts.get(roleArn.split(":")[4] ?? "");
  const provider = [...(account?.oidcProviders.values() ?? [])].find(({ url }) => `https://${url}` === claims["iss"]);
  if (provider === undefined) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${String(claims["iss"])}`);
  }
  const audience = listOf(claims["aud"])
    .map(String)
    .find((each) => provider.clientIds.includes(each));
  if (audience === undefined) throw invalidToken("Incorrect token audience");
  return { provider, audience };
}

function invalidToken(message: string): AwsError {
  return new AwsError(400, "InvalidIdentityToken", message);
}
