import type { Role } from "@aws-sdk/client-iam";
import { REASON } from "../../../api/reasons.ts";
import { compare } from "../../../reconcile/change.ts";
import { failureIn, again, stalled } from "../../../reconcile/outcome.ts";
import { type Owner, ownershipOf } from "../../../api/ownership.ts";
import { announceChanges } from "../../announce.ts";
import type { DesiredRole } from "../desired.ts";
import type { AccessContext, AccessDependencies } from "../../dependencies.ts";
import type { OwnRole } from "../observe.ts";
import { createRole, creationOf, freshRole } from "./create.ts";
import { type RoleSight, tagsOfRole } from "./observe.ts";

const LOOK_AGAIN_MS = 2_000;

/** Reasons of failures after which a role may have been made all the same. */
const WITHOUT_ANSWER = new Set(["Unavailable", "TimedOut", "Aborted"]);

/** The role as it was seen, if it is the owner's; if there is none, it is made, its owner's name in its tags. `settled`: there was one. */
export async function ownRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  own: OwnRole,
  seen: RoleSight | undefined,
  owner: Owner,
  settled: boolean,
): Promise<RoleSight> {
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
): Promise<RoleSight> {
  const { history } = dependencies;
  const { object, event } = context;
  const changes = compare("", desired.name, undefined);
  await announceChanges(dependencies, context, [{ setting: "role", changes }], settled);
  // What was written to an earlier role of that name says nothing about this one.
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

/** Throws an OutcomeError for a role that is not tagged as the owner's: it is never touched. */
function refuseForeignRole(role: Role, owner: Owner): void {
  if (ownershipOf(tagsOfRole(role), owner) === "Ours") return;
  const message =
    `Role '${role.RoleName}' exists and is not tagged as this object's, so that it is left alone: ` +
    "delete it, or create a BucketAccess of another name";
  throw stalled(REASON.roleNotOwned, message);
}

/** A role of ours that an earlier reconcile made, and of which nothing is on record any more, keeps its path. */
function refuseOtherPath({ status }: AccessContext, { Arn }: Role, { arn }: DesiredRole): void {
  if (Arn === undefined || Arn === arn) return;
  status.roleArn = Arn;
  throw again(REASON.settling, `Role '${Arn}' is there already`, LOOK_AGAIN_MS);
}
