import type { Role } from "@aws-sdk/client-iam";
import { isOwnedBy, type RoleOwner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { compare } from "../../../reconcile/change.ts";
import { announceWrites } from "../../../reconcile/drift.ts";
import { failureIn, stalled } from "../../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../../dependencies.ts";
import type { DesiredRole } from "../desired.ts";
import { roleKeyOf } from "../memory.ts";
import { createRole, creationOf, freshRole } from "./create.ts";
import { tagsOfRole, type RoleObservation } from "./observe.ts";
import type { RoleClient } from "./role-client.ts";

/** Failures after which IAM may have created the role nevertheless. */
const WITHOUT_ANSWER = new Set(["Unavailable", "TimedOut", "Aborted"]);

/** The observed role if it is the owner's, or a new one with the owner's tags. `settled`: there was one before. */
export async function ownRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  owner: RoleOwner,
  { client, desired, seen }: { client: RoleClient; desired: DesiredRole; seen: RoleObservation | undefined },
  settled: boolean,
): Promise<RoleObservation> {
  if (seen === undefined) return makeRole(dependencies, context, owner, { client, desired }, settled);
  if (!isRoleOf(seen.role, owner)) throw notOwned(seen.role);
  return seen;
}

/** Only its tags say whose a role is. */
export function isRoleOf(role: Role, owner: RoleOwner): boolean {
  return isOwnedBy(tagsOfRole(role), owner);
}

async function makeRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  owner: RoleOwner,
  { client, desired }: { client: RoleClient; desired: DesiredRole },
  settled: boolean,
): Promise<RoleObservation> {
  const { history } = dependencies;
  const parts = [{ name: "role", changes: compare("", desired.name, undefined) }];
  await announceWrites(dependencies, context, parts, settled ? parts : []);
  // Writes to an earlier role of that name say nothing about this one.
  history.forget(roleKeyOf(owner));
  history.wrote(creationKeyOf(owner), creationOf(desired.name));
  try {
    await createRole(client, desired, owner);
  } catch (error) {
    const failure = failureIn(error);
    if (failure !== undefined && !WITHOUT_ANSWER.has(failure.reason)) history.forget(creationKeyOf(owner));
    throw error;
  }
  context.event({
    type: "Normal",
    reason: REASON.roleCreated,
    action: "Create",
    note: `Created role '${desired.arn}'`,
  });
  return freshRole(desired);
}

/** In the history, apart from the parts of the role: there while IAM may not show a new role yet. */
export function creationKeyOf(owner: RoleOwner): string {
  return `creation/${roleKeyOf(owner)}`;
}

/** A role without the owner's tags is never changed. */
function notOwned({ RoleName }: Role): Error {
  const message =
    `Role '${RoleName}' exists and is not tagged as this ServiceAccount's, so that it is left alone: ` +
    "delete it, or name another ServiceAccount";
  return stalled(REASON.roleNotOwned, message);
}
