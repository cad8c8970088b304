/** Creates role sessions: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */

import { AwsError } from "../errors.ts";
import { parseJsonObject } from "../policy-json.ts";
import type { Identity, Role, World } from "../state.ts";
import { addSession } from "../world.ts";
import { element, type XmlElement } from "../xml.ts";

const HOUR_SECONDS = 3600;
const MAX_POLICY = 2048;

/**
 * Creates a session of at most `most` seconds from RoleSessionName, DurationSeconds and Policy. Throws if one is
 * invalid.
 */
export function newSession(world: World, role: Role, parameters: URLSearchParams, most: number): Identity {
  const name = parameters.get("RoleSessionName") ?? "";
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw validationError(`Value '${name}' at 'roleSessionName' failed to satisfy constraint`);
  }
  const expiresAt = world.now() + duration(parameters.get("DurationSeconds"), most) * 1000;
  return addSession(world, role, { name, expiresAt, policy: sessionPolicy(parameters.get("Policy")) });
}

/** Credentials and assumed-role user, as in answers. */
export function sessionElements(role: Role, { arn, credentials, expiresAt = 0 }: Identity): XmlElement[] {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  return [
    element("Credentials", [
      element("AccessKeyId", accessKeyId),
      element("SecretAccessKey", secretAccessKey),
      element("SessionToken", sessionToken),
      element("Expiration", new Date(expiresAt).toISOString()),
    ]),
    element("AssumedRoleUser", [
      element("AssumedRoleId", `${role.uniqueId}:${arn.split("/").at(-1)}`),
      element("Arn", arn),
    ]),
  ];
}

/** Seconds, from 15 minutes to `most`. Default: one hour. */
function duration(asked: string | null, most: number): number {
  const seconds = Number(asked ?? HOUR_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= most) return seconds;
  throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

function sessionPolicy(policy: string | null): string | undefined {
  if (policy === null) return undefined;
  if (policy.length > MAX_POLICY)
    throw validationError(
      `Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${MAX_POLICY}`,
    );
  if (parseJsonObject(policy) === undefined)
    throw new AwsError(400, "MalformedPolicyDocument", "This policy contains invalid Json");
  return policy;
}

function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}
