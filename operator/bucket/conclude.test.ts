import { describe, expect, test } from "vitest";
import type { Failure } from "../kube/outcome.ts";
import type { PartState } from "../reconcile/part.ts";
import type { SettingResult } from "./apply.ts";
import { concludeApplied, concludeExamined } from "./conclude.ts";
import type { BucketDependencies } from "./dependencies.ts";
import { change, fakeSetting, planOf, recordedContext, resultOf, s3Bucket, target } from "./testing/fixtures.ts";
import { thrownFailure, thrownOutcome } from "./testing/thrown.ts";

const RECHECK_MS = 600_000;

function result(name: "cors" | "lifecycle" | "policy" | "tags", state: PartState, failure?: Failure): SettingResult {
  const plan = planOf(fakeSetting(name), { changes: state === "InSync" ? [] : [change("rules[a]")] });
  return resultOf(plan, state, failure);
}

const denied = result("cors", "Failed", { reason: "AccessDenied", message: "denied", retryAfterMs: 120_000 });
const throttled = result("policy", "Failed", { reason: "Throttled", message: "slow down" });
const refused = result("lifecycle", "Failed", { reason: "Invalid", message: "refused", terminal: true });
const settling = result("policy", "Settling");
const unstable = result("cors", "KeepsChanging");
const planned = result("cors", "Planned");
const inSync = result("tags", "InSync");

describe("the outcome of all settings", () => {
  const conclude = (results: SettingResult[]) =>
    concludeExamined(recordedContext(s3Bucket()).context, target(), results, RECHECK_MS);

  test("all in sync: done, with the same words each time", () => {
    expect(conclude([inSync, inSync])).toEqual({
      kind: "done",
      recheckAfterMs: RECHECK_MS,
      message: "Bucket 'docs' is as declared",
    });
  });

  test("nothing declared: done", () => {
    expect(conclude([])).toMatchObject({ kind: "done" });
  });

  // From the most to the least urgent: each one goes before all that stand below.
  test("what comes right by itself goes first, and an object stalls only when nothing is left to wait for", async () => {
    const kinds: [SettingResult, string][] = [
      [denied, "AccessDenied"],
      [settling, "Settling"],
      [refused, "Invalid"],
      [unstable, "SettingKeepsChanging"],
      [planned, "ChangesPlanned"],
    ];
    for (const [index, [first, reason]] of kinds.entries()) {
      const rest = kinds.slice(index).map(([result]) => result);
      for (const results of [rest, rest.toReversed()]) {
        const outcome =
          first === denied ? thrownFailure(() => conclude(results)) : thrownOutcome(() => conclude(results));
        expect(await outcome).toMatchObject({ reason });
      }
    }
  });

  test("a denial is tried again when it says so", async () => {
    expect(await thrownFailure(() => conclude([inSync, denied]))).toEqual({
      reason: "AccessDenied",
      message: "cors: denied",
      retryAfterMs: 120_000,
    });
  });

  test("of several failures the one with the soonest try, and a word on the others", async () => {
    expect(await thrownFailure(() => conclude([denied, throttled]))).toEqual({
      reason: "Throttled",
      message: "policy: slow down (and cors: see status.settings)",
    });
  });

  test("settling is looked at again soon", async () => {
    const outcome = await thrownOutcome(() => conclude([inSync, settling]));
    expect(outcome).toMatchObject({ kind: "again", afterMs: 5_000 });
    expect(outcome).toHaveProperty("message", expect.stringContaining("policy"));
  });

  test.each([
    ["refused", refused, "Invalid"],
    ["not lasting", unstable, "SettingKeepsChanging"],
  ])("%s stalls, and is looked at again slowly", async (_case, stalling, reason) => {
    const outcome = await thrownOutcome(() => conclude([inSync, stalling]));
    expect(outcome).toMatchObject({ terminal: true, reason, retryAfterMs: RECHECK_MS });
  });

  test("planned waits for a person to let it happen", async () => {
    const outcome = await thrownOutcome(() => conclude([planned]));
    expect(outcome).toMatchObject({ kind: "waiting", reason: "ChangesPlanned", afterMs: RECHECK_MS });
    expect(outcome).toHaveProperty("message", expect.stringContaining("cors"));
  });

  test("what is not ours has no say", () => {
    const unmanaged = { ...denied, part: { ...denied.part, source: "Unmanaged" as const } };
    expect(conclude([unmanaged])).toMatchObject({ kind: "done" });
  });
});

describe("with mode: Observe", () => {
  test("the plan is in status, without what is not ours", async () => {
    const { context, events } = recordedContext(s3Bucket());
    const unmanaged = { ...unstable, part: { ...unstable.part, source: "Unmanaged" as const } };
    await thrownOutcome(() => concludeExamined(context, target(), [planned, unmanaged], RECHECK_MS));
    expect(context.status.plan).toEqual([{ setting: "cors", path: "rules[a]", desired: "a", actual: "b" }]);
    expect(context.status.settings).toHaveLength(2);
    expect(events).toEqual([]);
  });

  test("no plan where nothing would be done", () => {
    const { context } = recordedContext(s3Bucket());
    expect(concludeExamined(context, target(), [inSync], RECHECK_MS)).toMatchObject({ kind: "done" });
    expect(context.status.plan).toEqual([]);
  });

  test("the plan keeps within the CRD's bounds", async () => {
    const changes = Array.from({ length: 300 }, (_, index) => change(`${index}`));
    const { context } = recordedContext(s3Bucket());
    const results = [resultOf(planOf(fakeSetting("cors"), { changes }), "Planned")];
    await thrownOutcome(() => concludeExamined(context, target(), results, RECHECK_MS));
    expect(context.status.plan).toHaveLength(100);
  });
});

describe("when all was applied", () => {
  const NOW = Date.UTC(2026, 0, 2);
  const dependencies = { now: () => NOW } as BucketDependencies;
  const drift = { lastDetectedTime: "2026-01-01T00:00:00.000Z", changes: [{ setting: "cors", path: "rules[a]" }] };
  const owned = { origin: "Created", isNew: false } as const;
  const adopted = { origin: "Adopted", isNew: true } as const;

  test("status says where each setting stands, and has no plan any more", () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { plan: [{ setting: "cors", path: "" }] } }));
    concludeApplied(dependencies, context, target(), owned, [inSync], RECHECK_MS);
    expect(context.status).toEqual({
      settings: [{ name: "tags", source: "Spec", state: "InSync" }],
      appliedSettings: ["tags"],
    });
    expect(events).toEqual([]);
  });

  test("status is there also when not all went well", async () => {
    const { context } = recordedContext(s3Bucket());
    await thrownFailure(() => concludeApplied(dependencies, context, target(), owned, [inSync, denied], RECHECK_MS));
    expect(context.status.settings).toMatchObject([{ state: "InSync" }, { state: "Denied", message: "denied" }]);
  });

  test("an adoption is an event once the tags are there, and not before", async () => {
    const { context, events } = recordedContext(s3Bucket());
    const failed = { ...denied, part: planOf(fakeSetting("tags")) };
    await thrownFailure(() => concludeApplied(dependencies, context, target(), adopted, [failed], RECHECK_MS));
    expect(events).toEqual([]);
    concludeApplied(dependencies, context, target(), adopted, [inSync], RECHECK_MS);
    expect(events).toMatchObject([{ type: "Normal", reason: "BucketAdopted" }]);
  });

  test("what others have let in is an event", () => {
    const externalAccess = [{ statement: "Open", access: "Public" as const }];
    const setting = fakeSetting("policy", { report: () => ({ policy: { externalAccess } }) });
    const { context, events } = recordedContext(s3Bucket());
    concludeApplied(dependencies, context, target(), owned, [resultOf(planOf(setting), "InSync")], RECHECK_MS);
    expect(events).toMatchObject([{ type: "Warning", reason: "ExternalAccess" }]);
  });

  test("drift that is undone is an event and a time", () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { drift } }));
    concludeApplied(dependencies, context, target(), owned, [result("cors", "InSync")], RECHECK_MS);
    expect(context.status.drift).toEqual({ ...drift, lastCorrectedTime: new Date(NOW).toISOString() });
    expect(events).toMatchObject([{ type: "Normal", reason: "DriftCorrected" }]);
    expect(events[0]?.note).toContain("cors.rules[a]");
  });

  test("drift that is not undone stays", async () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { drift } }));
    await thrownOutcome(() => concludeApplied(dependencies, context, target(), owned, [unstable], RECHECK_MS));
    expect(context.status.drift).toEqual(drift);
    expect(events).toEqual([]);
  });
});
