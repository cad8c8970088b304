/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, trust by account and external id. */

import { AwsError } from "../errors.ts";
import type { Identity, Role, World } from "../state.ts";
import { addSession } from "../world.ts";
import { element } from "../xml.ts";
import type { StsAction } from "./router.ts";

const HOUR_SECONDS = 3600;

export const assumeRole: StsAction = {
  operation: "AssumeRole",
  parameters: ["RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds"],
  resource: (parameters) => parameters.get("RoleArn") ?? "*",
  handle: (parameters, caller, world) => {
    const roleArn = parameters.get("RoleArn") ?? "";
    const sessionName = parameters.get("RoleSessionName") ?? "";
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
      throw validationError(`Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint`);
    }
    const seconds = duration(parameters.get("DurationSeconds"), caller);
    const role = trustingRole(world, roleArn, caller, parameters.get("ExternalId"));
    const expiresAt = world.now() + seconds * 1000;
    const session = addSession(world, role, sessionName, expiresAt);
    const { accessKeyId, secretAccessKey, sessionToken = "" } = session.credentials;
    return [
      element("Credentials", [
        element("AccessKeyId", accessKeyId),
        element("SecretAccessKey", secretAccessKey),
        element("SessionToken", sessionToken),
        element("Expiration", new Date(expiresAt).toISOString()),
      ]),
      element("AssumedRoleUser", [
        element("AssumedRoleId", `${role.uniqueId}:${sessionName}`),
        element("Arn", session.arn),
      ]),
    ];
  },
};

/** A role that is not there, does not trust the caller, or wants another external id: all the same answer. */
function trustingRole(world: World, roleArn: string, caller: Identity, externalId: string | null): Role {
  const role = world.accounts.get(roleArn.split(":")[4] ?? "")?.roles.get(roleArn);
  const trusted =
    role !== undefined &&
    role.trustedAccounts.includes(caller.accountId) &&
    (role.externalId === undefined || role.externalId === externalId);
  if (trusted) return role;
  const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  throw new AwsError(403, "AccessDenied", message);
}

/** 15 minutes to 12 hours; one hour at most for a session that assumes a role in turn. */
function duration(asked: string | null, caller: Identity): number {
  const seconds = Number(asked ?? HOUR_SECONDS);
  const maximum = caller.expiresAt === undefined ? 12 * HOUR_SECONDS : HOUR_SECONDS;
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= maximum) return seconds;
  throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}
