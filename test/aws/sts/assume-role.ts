/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */

import { AwsError } from "../errors.ts";
import { trustingRole } from "../policy/trust.ts";
import type { QueryAction } from "../query.ts";
import { newSession, sessionElements } from "./session.ts";

const HOUR_SECONDS = 3600;

export const assumeRole: QueryAction = {
  operation: "AssumeRole",
  write: false,
  parameters: ["RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds", "Policy"],
  resource: (parameters) => parameters.get("RoleArn") ?? "*",
  asksPolicies: true,
  handle: async (parameters, { world, caller }) => {
    const [roleArn, externalId] = [parameters.get("RoleArn") ?? "", parameters.get("ExternalId")];
    const context = externalId === null ? {} : { "sts:ExternalId": externalId };
    const role = await trustingRole(world, roleArn, { action: "sts:AssumeRole", principal: caller, context });
    if (role === undefined) {
      const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new AwsError(403, "AccessDenied", message);
    }
    // Role chaining: a session that assumes another role gets one hour at most.
    const most = caller.session === undefined ? role.maxSessionSeconds : HOUR_SECONDS;
    return sessionElements(role, newSession(world, role, parameters, most));
  },
};
