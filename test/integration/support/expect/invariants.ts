import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket } from "../../../../operator/api/types.ts";
import { operatorPolicy } from "../../../../scripts/iam-policy.ts";
import { expectSoundStatus } from "../../../conformance/conditions.ts";
import { PERSON, type AnyWorld, type Aws, type SeenCall, type World } from "../world/world.ts";
import { condition, isReady } from "./states.ts";

/**
 * Actions of the shipped IAM policy, GetCallerIdentity, which needs no permission, and AssumeRole, granted where roles
 * are used.
 */
const PERMITTED: ReadonlySet<string> = new Set([
  ...operatorPolicy("aws").Statement.flatMap(({ Action }) => Action),
  "sts:GetCallerIdentity",
  "sts:AssumeRole",
]);

/** The bucket name under which a store without S3 Control records its calls. Such a store has no IAM either. */
export const S3_CONTROL_PATH = "v20180820";

/**
 * Names of the operator in managedFields (the first word of its user agent), and of a session of a role that it
 * assumed.
 */
const OPERATOR = "s3-operator";

/** All calls except those of the world's user and its KMS client, and those of Pods. */
export function operatorCalls<C extends SeenCall>({ aws }: { aws: Aws<C> }): C[] {
  return aws.calls.all.filter((call) => !isPersons(call) && !isPods(call));
}

function isPersons({ caller }: SeenCall): boolean {
  return caller.endsWith(`:user/${PERSON}`);
}

/** Whether the call is by a session of another role than the operator's, or gets such a session. */
function isPods({ caller, operation }: SeenCall): boolean {
  if (operation === "AssumeRoleWithWebIdentity") return true;
  return caller.includes(":assumed-role/") && !caller.endsWith(`/${OPERATOR}`);
}

export function operatorWrites<C extends SeenCall>(world: { aws: Aws<C> }): C[] {
  return operatorCalls(world).filter(({ write }) => write);
}

/** Invariants at any time: every status is sound, and every call uses only actions of the IAM policy. */
export function expectSoundHistory(world: World): void {
  world.statuses.all().forEach(expectSoundStatus);
  expectPermittedCalls(world);
}

/** Invariants after every test. Call it when no work is in progress. */
export async function expectInvariants(world: World): Promise<void> {
  expectSoundHistory(world);
  const { items } = await world.kube.list<S3Bucket>(S3_BUCKETS, { namespace: world.name });
  items.forEach(expectUntouchedSpec);
  const settled = items.filter((bucket) => isReady(bucket) || condition(bucket, "Stalled") !== undefined);
  await expectNothingToWrite(
    world,
    settled.map(({ metadata }) => metadata.name),
  );
}

export function expectPermittedCalls(world: World): void {
  for (const { operation, actions, bucket } of operatorCalls(world)) {
    if (bucket === S3_CONTROL_PATH) continue;
    for (const action of actions) expect(PERMITTED, `the operator called ${operation}`).toContain(action);
  }
}

interface ManagedFields {
  manager?: string;
  subresource?: string;
  fieldsV1?: Record<string, Record<string, unknown>>;
}

/** Outside status the operator owns only its finalizer. */
function expectUntouchedSpec({ metadata }: S3Bucket): void {
  const { managedFields = [] } = metadata as { managedFields?: ManagedFields[] };
  const own = managedFields.filter(({ manager, subresource }) => manager === OPERATOR && subresource === undefined);
  for (const { fieldsV1 = {} } of own) {
    expect(Object.keys(fieldsV1), "the operator owns fields of metadata only").toEqual(["f:metadata"]);
    expect(Object.keys(fieldsV1["f:metadata"] ?? {})).toEqual(["f:finalizers"]);
  }
}

/** Asserts that another reconcile of these S3Buckets writes nothing to AWS, and only the request to status. */
export async function expectNothingToWrite(world: AnyWorld, names: readonly string[]): Promise<void> {
  const before = await Promise.all(names.map((name) => world.bucket(name)));
  const writes = operatorWrites(world).length;
  await Promise.all(names.map((name) => reconcileAgain(world, name)));
  const after = await Promise.all(names.map((name) => world.bucket(name)));
  expect(
    operatorWrites(world)
      .slice(writes)
      .map(({ operation, bucket }) => `${operation} ${bucket}`),
    "another reconcile writes nothing to AWS",
  ).toEqual([]);
  expect(after.map(withoutRequest), "and nothing to Kubernetes").toEqual(before.map(withoutRequest));
}

/** Requests a reconcile; resolves when one that began after the request has ended. */
export async function reconcileAgain(world: AnyWorld, name: string): Promise<S3Bucket> {
  const request = randomUUID();
  await world.annotate(name, { [RECONCILE_REQUESTED_AT]: request });
  return world.bucketWhen(name, ({ status }) => status?.reconcileRequestedAt === request);
}

/** Removes the fields that the request itself changes. */
function withoutRequest({ metadata, spec, status }: S3Bucket): object {
  const { finalizers, generation } = metadata;
  const { reconcileRequestedAt: _, ...rest } = status ?? {};
  return { finalizers, generation, spec, status: rest };
}
