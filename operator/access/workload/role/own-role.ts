import type { Role } from "@aws-sdk/client-iam";
import { ownershipOf, type Owner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { compare } from "../../../reconcile/change.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import { announceWrites } from "../../../reconcile/drift.ts";
import { again, failureIn, stalled } from "../../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../../dependencies.ts";
import { noteRole, recordedRole } from "../../status.ts";
import type { DesiredRole } from "../desired.ts";
import { createRole, creationOf, freshRole } from "./create.ts";
import { tagsOfRole, type RoleObservation } from "./observe.ts";
import type { OwnRole } from "./role-client.ts";

/** Failures after which IAM may have created the role nevertheless. */
const WITHOUT_ANSWER = new Set(["Unavailable", "TimedOut", "Aborted"]);

/** The observed role if it is the owner's, or a new one with the owner's tags. `settled`: there was one before. */
export async function ownRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  own: OwnRole,
  seen: RoleObservation | undefined,
  owner: Owner,
  settled: boolean,
): Promise<RoleObservation> {
  if (seen === undefined) return makeRole(dependencies, context, own, settled);
  refuseForeignRole(seen.role, owner);
  refuseOtherPath(context, seen.role, own.desired);
  return seen;
}

async function makeRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  { client, desired }: OwnRole,
  settled: boolean,
): Promise<RoleObservation> {
  const { history } = dependencies;
  const { object, event } = context;
  const changes = compare("", desired.name, undefined);
  const parts = [{ name: "role", changes }];
  await announceWrites(dependencies, context, parts, settled ? parts : []);
  // Writes to an earlier role of that name say nothing about this one.
  const { uid = "" } = object.metadata;
  history.forget(uid);
  history.wrote(uid, creationOf(desired.name));
  try {
    await createRole(client, desired, object);
  } catch (error) {
    const failure = failureIn(error);
    if (failure !== undefined && !WITHOUT_ANSWER.has(failure.reason)) history.failed(uid, "role");
    throw error;
  }
  event({ type: "Normal", reason: REASON.roleCreated, action: "Create", note: `Created role '${desired.arn}'` });
  return freshRole(desired);
}

/** Throws an OutcomeError for a role without the owner's tags, which is never changed. */
function refuseForeignRole(role: Role, owner: Owner): void {
  if (ownershipOf(tagsOfRole(role), owner) === "Ours") return;
  const message =
    `Role '${role.RoleName}' exists and is not tagged as this object's, so that it is left alone: ` +
    "delete it, or create a BucketAccess of another name";
  throw stalled(REASON.roleNotOwned, message);
}

/** A role of ours that status no longer records keeps its path. */
function refuseOtherPath({ status }: AccessContext, { Arn }: Role, { arn }: DesiredRole): void {
  if (Arn === undefined || Arn === arn) return;
  noteRole(status, { ...recordedRole(status), arn: Arn });
  throw again(REASON.settling, `Role '${Arn}' is there already`, DELAY_MS.visible);
}
