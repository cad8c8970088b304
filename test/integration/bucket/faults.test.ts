import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectInvariants, operatorCalls } from "../support/expect/invariants.ts";
import {
  ATTEMPTS,
  createFaultWorld,
  disturb,
  failedOperations,
  FAULTS,
  OPERATIONS,
  PLACES,
  WRITE_PLACES,
  type Fault,
  type FaultWorld,
  type Place,
} from "../support/faults/fault-world.ts";
import { PHASES } from "../support/faults/phases.ts";

/*
 * Transient faults of AWS and the network at each call: AWS ends in the state without the fault, and no status was
 * wrong meanwhile. Each case is one bucket, and all run concurrently.
 */
vi.setConfig({ maxConcurrency: 200, testTimeout: 120_000 });

let faulty: FaultWorld;
beforeAll(async () => {
  faulty = await createFaultWorld();
});
afterAll(() => faulty?.[Symbol.asyncDispose]());

/** The kinds of calls that a phase makes. */
const PLACES_IN = {
  create: PLACES,
  update: ["reads", "writes"],
  drift: ["reads", "writes"],
  deleteIfEmpty: ["existence", "reads", "bucket"],
} satisfies Record<string, readonly Place[]>;

const CASES = FAULTS.flatMap((fault) =>
  Object.entries(PLACES_IN).flatMap(([phase, places]) =>
    places
      .filter((place) => fault !== "operationAborted" || WRITE_PLACES.includes(place))
      .map((place) => ({ fault, phase: phase as keyof typeof PLACES_IN, place })),
  ),
);

/**
 * The SDK does not retry what S3 calls a conflict. Throttling slows the whole account, so that many such cases take
 * long.
 */
function timesOf(fault: Fault, place: Place): number {
  return fault === "operationAborted" || (fault === "throttle" && place === "writes") ? 1 : ATTEMPTS;
}

describe.concurrent("a transient fault", () => {
  test.for(CASES)("$fault of $place during $phase leaves no trace", async ({ fault, phase, place }) => {
    const it = await faulty.subject(`${fault}-${phase}-${place}`, fault === "throttle");
    await PHASES[phase].prepare(it);
    disturb(fault, it, [place], timesOf(fault, place));
    const over = await PHASES[phase].begin(it);
    await over();
    faulty.expectUndisturbed(it, phase);
    expect(failedOperations(it)).toContainEqual(expect.toBeOneOf(OPERATIONS[place]));
  });
});

test("every operation of the operator had a fault", () => {
  const known = new Set([...Object.values(OPERATIONS).flat(), "GetCallerIdentity", "AssumeRole", "DescribeKey"]);
  expect(new Set(operatorCalls(faulty.world).map(({ operation }) => operation))).toEqual(known);
});

test("nothing was written before status announced it", () => {
  expect(faulty.tooEarly).toEqual([]);
});

test("the invariants hold after all faults", () => expectInvariants(faulty.world));
