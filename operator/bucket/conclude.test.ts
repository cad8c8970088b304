import { describe, expect, test } from "vitest";
import type { Failure } from "../reconcile/outcome.ts";
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

describe("the outcome of concludeExamined", () => {
  const conclude = (results: SettingResult[]) =>
    concludeExamined(recordedContext(s3Bucket()).context, target(), results, RECHECK_MS);

  test("is done when all settings are in sync, with a constant message", () => {
    expect(conclude([inSync, inSync])).toEqual({
      kind: "done",
      recheckAfterMs: RECHECK_MS,
      message: "Bucket 'docs' is as declared",
    });
  });

  test("is done, and names settings without effect", () => {
    const website = { indexDocument: "index.html" };
    const plan = planOf(fakeSetting("policy"), { desired: { statements: [] } });
    const context = recordedContext(s3Bucket({ website, objectOwnership: "BucketOwnerEnforced" })).context;
    const ownership = planOf(fakeSetting("objectOwnership"), { desired: "BucketOwnerEnforced" });
    const results = [plan, ownership].map((part) => resultOf({ ...part, changes: [] }, "InSync"));
    expect(concludeExamined(context, target(), results, RECHECK_MS)).toMatchObject({
      message: "Bucket 'docs' is as declared; without effect: website, see status.settings",
    });
  });

  test("is done when there are no settings", () => {
    expect(conclude([])).toMatchObject({ kind: "done" });
  });

  // From the most to the least urgent: each one takes precedence over those below it.
  test("is the one of the most urgent setting, and Stalled only when nothing is left to wait for", async () => {
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

  test("has the retry delay of a denial", async () => {
    expect(await thrownFailure(() => conclude([inSync, denied]))).toEqual({
      reason: "AccessDenied",
      message: "cors: denied",
      retryAfterMs: 120_000,
    });
  });

  test("is the failure that is retried first, and names the other failed settings", async () => {
    expect(await thrownFailure(() => conclude([denied, throttled]))).toEqual({
      reason: "Throttled",
      message: "policy: slow down (and cors: see status.settings)",
    });
  });

  test("is rechecked soon while a setting settles", async () => {
    const outcome = await thrownOutcome(() => conclude([inSync, settling]));
    expect(outcome).toMatchObject({ kind: "again", afterMs: 5_000 });
    expect(outcome).toHaveProperty("message", expect.stringContaining("policy"));
  });

  test.each([
    ["is refused", refused, "Invalid"],
    ["keeps changing", unstable, "SettingKeepsChanging"],
  ])("is Stalled, with a slow recheck, when a setting %s", async (_case, stalling, reason) => {
    const outcome = await thrownOutcome(() => conclude([inSync, stalling]));
    expect(outcome).toMatchObject({ terminal: true, reason, retryAfterMs: RECHECK_MS });
  });

  test("is waiting when changes are planned", async () => {
    const outcome = await thrownOutcome(() => conclude([planned]));
    expect(outcome).toMatchObject({ kind: "waiting", reason: "ChangesPlanned", afterMs: RECHECK_MS });
    expect(outcome).toHaveProperty("message", expect.stringContaining("cors"));
  });

  test("does not depend on unmanaged settings", () => {
    const unmanaged = { ...denied, part: { ...denied.part, source: "Unmanaged" as const } };
    expect(conclude([unmanaged])).toMatchObject({ kind: "done" });
  });
});

describe("concludeExamined", () => {
  test("records the plan in status, without unmanaged settings", async () => {
    const { context, events } = recordedContext(s3Bucket());
    const unmanaged = { ...unstable, part: { ...unstable.part, source: "Unmanaged" as const } };
    await thrownOutcome(() => concludeExamined(context, target(), [planned, unmanaged], RECHECK_MS));
    expect(context.status.plan).toEqual([{ setting: "cors", path: "rules[a]", desired: "a", actual: "b" }]);
    expect(context.status.settings).toHaveLength(2);
    expect(events).toEqual([]);
  });

  test("records an empty plan when nothing would change", () => {
    const { context } = recordedContext(s3Bucket());
    expect(concludeExamined(context, target(), [inSync], RECHECK_MS)).toMatchObject({ kind: "done" });
    expect(context.status.plan).toEqual([]);
  });

  test("cuts the plan to the bound of the CRD", async () => {
    const changes = Array.from({ length: 300 }, (_, index) => change(`${index}`));
    const { context } = recordedContext(s3Bucket());
    const results = [resultOf(planOf(fakeSetting("cors"), { changes }), "Planned")];
    await thrownOutcome(() => concludeExamined(context, target(), results, RECHECK_MS));
    expect(context.status.plan).toHaveLength(100);
  });
});

describe("concludeApplied", () => {
  const NOW = Date.UTC(2026, 0, 2);
  const dependencies = { now: () => NOW } as BucketDependencies;
  const drift = { lastDetectedTime: "2026-01-01T00:00:00.000Z", changes: [{ setting: "cors", path: "rules[a]" }] };
  const owned = { origin: "Created", isNew: false } as const;
  const adopted = { origin: "Adopted", isNew: true } as const;

  test("records the state of each setting, and removes the plan", () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { plan: [{ setting: "cors", path: "" }] } }));
    concludeApplied(dependencies, context, target(), owned, [inSync], RECHECK_MS);
    expect(context.status).toEqual({
      settings: [{ name: "tags", source: "Spec", state: "InSync" }],
      appliedSettings: ["tags"],
    });
    expect(events).toEqual([]);
  });

  test("records the state of each setting when one has failed", async () => {
    const { context } = recordedContext(s3Bucket());
    await thrownFailure(() => concludeApplied(dependencies, context, target(), owned, [inSync, denied], RECHECK_MS));
    expect(context.status.settings).toMatchObject([{ state: "InSync" }, { state: "Denied", message: "denied" }]);
  });

  test("emits an event for an adoption after the tags are written, and not before", async () => {
    const { context, events } = recordedContext(s3Bucket());
    const failed = { ...denied, part: planOf(fakeSetting("tags")) };
    await thrownFailure(() => concludeApplied(dependencies, context, target(), adopted, [failed], RECHECK_MS));
    expect(events).toEqual([]);
    concludeApplied(dependencies, context, target(), adopted, [inSync], RECHECK_MS);
    expect(events).toMatchObject([{ type: "Normal", reason: "BucketAdopted" }]);
  });

  test("emits an event for external access", () => {
    const externalAccess = [{ statement: "Open", access: "Public" as const }];
    const setting = fakeSetting("policy", { report: () => ({ policy: { externalAccess } }) });
    const { context, events } = recordedContext(s3Bucket());
    concludeApplied(dependencies, context, target(), owned, [resultOf(planOf(setting), "InSync")], RECHECK_MS);
    expect(events).toMatchObject([{ type: "Warning", reason: "ExternalAccess" }]);
  });

  test("emits an event for corrected drift, and records the time", () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { drift } }));
    concludeApplied(dependencies, context, target(), owned, [result("cors", "InSync")], RECHECK_MS);
    expect(context.status.drift).toEqual({ ...drift, lastCorrectedTime: new Date(NOW).toISOString() });
    expect(events).toMatchObject([{ type: "Normal", reason: "DriftCorrected" }]);
    expect(events[0]?.note).toContain("cors.rules[a]");
  });

  test("keeps drift in status that is not corrected", async () => {
    const { context, events } = recordedContext(s3Bucket({}, { status: { drift } }));
    await thrownOutcome(() => concludeApplied(dependencies, context, target(), owned, [unstable], RECHECK_MS));
    expect(context.status.drift).toEqual(drift);
    expect(events).toEqual([]);
  });
});
