import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket } from "../../../../operator/api/types.ts";
import { operatorPolicy } from "../../../../scripts/iam-policy.ts";
import type { Call } from "../../../aws/index.ts";
import { expectSoundStatus } from "../../../conformance/conditions.ts";
import { condition, isReady } from "./states.ts";
import { eventually } from "./wait.ts";
import { PERSON, type World } from "../world/world.ts";

/** What the shipped IAM policy lets the operator do at AWS; GetCallerIdentity needs no permission, and AssumeRole is granted where roles are used. */
const PERMITTED: ReadonlySet<string> = new Set([
  ...operatorPolicy("aws").Statement.flatMap(({ Action }) => Action),
  "sts:GetCallerIdentity",
  "sts:AssumeRole",
]);

/** The bucket for which a store without S3 Control takes its calls, which has no IAM either. */
export const S3_CONTROL_PATH = "v20180820";

/** By which the API server knows the operator in managedFields (the first word of its user agent), and AWS a session of a role that it assumed. */
const OPERATOR = "s3-operator";

/** All calls but those of the world's person and its KMS client, and of Pods. */
export function operatorCalls({ simulator }: World): Call[] {
  return simulator.calls.all.filter((call) => !isPersons(call) && !isPods(call));
}

function isPersons({ caller }: Call): boolean {
  return caller.endsWith(`:user/${PERSON}`);
}

/** By a session of a role that is not the operator's, or to get one. */
function isPods({ caller, operation }: Call): boolean {
  if (operation === "AssumeRoleWithWebIdentity") return true;
  return caller.includes(":assumed-role/") && !caller.endsWith(`/${OPERATOR}`);
}

export function operatorWrites(world: World): Call[] {
  return operatorCalls(world).filter(({ write }) => write);
}

/** What must hold at any time: no status was ever unsound, no call beyond what the operator asks to be allowed. */
export function expectSoundHistory(world: World): void {
  world.statuses.all().forEach(expectSoundStatus);
  expectPermittedCalls(world);
}

/** What must hold after every test, whatever it was about. To be called when nothing is under way any more. */
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

/** Outside status the operator owns its finalizer and nothing else. */
function expectUntouchedSpec({ metadata }: S3Bucket): void {
  const { managedFields = [] } = metadata as { managedFields?: ManagedFields[] };
  const own = managedFields.filter(({ manager, subresource }) => manager === OPERATOR && subresource === undefined);
  for (const { fieldsV1 = {} } of own) {
    expect(Object.keys(fieldsV1), "the operator owns no field but metadata's").toEqual(["f:metadata"]);
    expect(Object.keys(fieldsV1["f:metadata"] ?? {})).toEqual(["f:finalizers"]);
  }
}

/** One more look at each of these S3Buckets: no write to AWS, and in status nothing but that it was looked at. */
export async function expectNothingToWrite(world: World, names: readonly string[]): Promise<void> {
  const before = await Promise.all(names.map((name) => world.bucket(name)));
  const writes = operatorWrites(world).length;
  await Promise.all(names.map((name) => lookAgain(world, name)));
  const after = await Promise.all(names.map((name) => world.bucket(name)));
  expect(
    operatorWrites(world)
      .slice(writes)
      .map(({ operation, bucket }) => `${operation} ${bucket}`),
    "one more look writes nothing to AWS",
  ).toEqual([]);
  expect(after.map(withoutRequest), "nor to Kubernetes").toEqual(before.map(withoutRequest));
}

/** Asks for a reconcile; resolves when one that began after the request has ended. */
export async function lookAgain(world: World, name: string): Promise<S3Bucket> {
  const request = randomUUID();
  await world.annotate(name, { [RECONCILE_REQUESTED_AT]: request });
  return eventually(
    () => world.bucket(name),
    ({ status }) => status?.reconcileRequestedAt === request,
    (last) => `S3Bucket ${name} was not looked at: ${JSON.stringify(last?.status)}`,
  );
}

/** What the request itself changes left out. */
function withoutRequest({ metadata, spec, status }: S3Bucket): object {
  const { finalizers, generation } = metadata;
  const { reconcileRequestedAt: _, ...rest } = status ?? {};
  return { finalizers, generation, spec, status: rest };
}
