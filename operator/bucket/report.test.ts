import { describe, expect, test } from "vitest";
import type { SettingState } from "./apply.ts";
import type { SettingPlan } from "./plan.ts";
import { declaredSettings, intendedSettings, keepsChanging, resultSettings, statusChanges } from "./report.ts";
import { MAX_VALUE, show } from "../reconcile/change.ts";
import { change, fakeSetting, planOf, resultOf, settingContextWith } from "./testing/fixtures.ts";

const versioning = fakeSetting("versioning");
const lifecycle = fakeSetting("lifecycle");
const cors = fakeSetting("cors", { inBaseline: true });
const CHANGES = [change("rules[a].days"), change("rules[b]")];
const PATHS = "rules[a].days, rules[b]";

test("before there is a bucket, all that is declared is pending", () => {
  const spec = { versioning: "Enabled" } as const;
  const tags = fakeSetting("tags", { desired: () => ({}) });
  expect(declaredSettings([versioning, lifecycle, tags], spec, settingContextWith())).toEqual([
    { name: "versioning", source: "Spec", state: "Pending" },
    { name: "tags", source: "Baseline", state: "Pending" },
  ]);
});

describe("before the writes", () => {
  const failure = { reason: "KMSKeyNotFound", message: "no such key" };

  test.each<[string, Partial<SettingPlan>, boolean, object]>([
    ["equal", {}, false, { source: "Spec", state: "InSync" }],
    [
      "drifted",
      { changes: CHANGES },
      true,
      { source: "Spec", state: "Drifted", reason: "DriftDetected", message: PATHS },
    ],
    [
      "to be written",
      { changes: CHANGES, source: "Baseline" },
      false,
      { source: "Baseline", state: "Pending", reason: "Applying", message: PATHS },
    ],
    ["a change as a whole", { changes: [change("")] }, false, { source: "Spec", state: "Pending", reason: "Applying" }],
    ["blocked", { blocked: failure }, false, { source: "Spec", state: "Pending", reason: "Applying" }],
    ["unmanaged", { source: "Unmanaged" }, false, { source: "Unmanaged" }],
  ])("%s", (_case, plan, drifted, expected) => {
    const names = new Set(drifted ? ["lifecycle"] : []);
    expect(intendedSettings([planOf(lifecycle, plan)], names)).toEqual([{ name: "lifecycle", ...expected }]);
  });
});

describe("when all is done", () => {
  test.each<[SettingState, object]>([
    ["InSync", { state: "InSync" }],
    ["Settling", { state: "Settling", reason: "Settling", message: PATHS }],
    ["Planned", { state: "Drifted", reason: "ChangesPlanned", message: PATHS }],
    ["Skipped", { state: "Pending", reason: "Applying", message: PATHS }],
    [
      "KeepsChanging",
      { state: "Drifted", reason: "SettingKeepsChanging", message: expect.stringContaining(PATHS) as string },
    ],
  ])("%s", (state, expected) => {
    const result = resultOf(planOf(lifecycle, { changes: CHANGES }), state);
    expect(resultSettings([result])).toEqual([{ name: "lifecycle", source: "Spec", ...expected }]);
  });

  test.each([
    ["AccessDenied", "Denied"],
    ["Invalid", "Failed"],
  ])("a failure by %s is %s", (reason, state) => {
    const failure = { reason, message: "why" };
    const result = resultOf(planOf(lifecycle, { source: "Baseline" }), "Failed", { failure });
    expect(resultSettings([result])).toEqual([
      { name: "lifecycle", source: "Baseline", state, reason, message: "why" },
    ]);
  });

  test("a setting that left the spec and is reset drops out, or is unmanaged where the baseline judges it", () => {
    const reset = { isReset: true, secure: "b" } as const;
    const results = [lifecycle, cors].map((setting) => resultOf(planOf(setting, reset), "InSync"));
    expect(resultSettings(results)).toEqual([{ name: "cors", source: "Unmanaged" }]);
  });

  test("one that falls short of the baseline, now that it is reset, says so", () => {
    const diff = () => CHANGES;
    const plan = planOf(fakeSetting("cors", { inBaseline: true, diff }), { isReset: true, secure: "a" });
    const expected = { name: "cors", source: "Unmanaged", reason: "BelowBaseline" };
    expect(resultSettings([resultOf(plan, "InSync")])).toMatchObject([expected]);
  });

  test("one whose reset is not done stays on record", () => {
    const result = resultOf(planOf(lifecycle, { isReset: true, changes: CHANGES }), "Settling");
    expect(resultSettings([result])).toMatchObject([{ name: "lifecycle", source: "Spec", state: "Settling" }]);
  });
});

describe("an unmanaged setting", () => {
  const statusOf = (plan: Partial<SettingPlan>) =>
    resultSettings([resultOf(planOf(cors, { source: "Unmanaged", ...plan }), "InSync")]);

  test("as good as the baseline, or not readable, says nothing", () => {
    expect(statusOf({})).toEqual([{ name: "cors", source: "Unmanaged" }]);
    expect(statusOf({ observation: { error: new Error("denied") } })).toEqual([{ name: "cors", source: "Unmanaged" }]);
  });

  test("that falls short of it says where, and what to do", () => {
    const [status] = statusOf({ changes: CHANGES });
    expect(status).toMatchObject({ name: "cors", source: "Unmanaged", reason: "BelowBaseline" });
    expect(status).not.toHaveProperty("state");
    expect(status?.message).toContain(PATHS);
    expect(status?.message).toContain("spec.baseline");
    expect(status?.message).toContain("spec.cors");
  });
});

test("what keeps changing says which setting, where, and how often it was written", () => {
  const result = resultOf(planOf(lifecycle, { changes: CHANGES }), "KeepsChanging");
  expect(keepsChanging(result)).toMatch(/^Written 5 times, .*: lifecycle rules\[a\]\.days, rules\[b\]\. /);
  const whole = resultOf(planOf(versioning, { changes: [change("")] }), "KeepsChanging");
  expect(keepsChanging(whole)).toContain(": versioning. ");
});

describe("the CRD's bounds", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => change(`rules[${index}]`));

  test("messages have 4,096 characters at the most", () => {
    const plan = planOf(lifecycle, { changes: many });
    const failure = { reason: "Invalid", message: "x".repeat(5_000) };
    const results = [
      resultOf(plan, "Settling"),
      resultOf(plan, "KeepsChanging"),
      resultOf(plan, "Failed", { failure }),
      resultOf({ ...plan, source: "Unmanaged" }, "InSync"),
    ];
    for (const { message = "" } of [...resultSettings(results), ...intendedSettings([plan], new Set())]) {
      expect(message).toHaveLength(4_096);
      expect(message.endsWith("…")).toBe(true);
    }
  });

  test("changes are cut to the limit, their paths to 512 characters", () => {
    const long = change("x".repeat(600), show("y".repeat(600)), show(["z".repeat(600)]));
    const changes = statusChanges(
      [planOf(lifecycle, { changes: [long, ...many] }), planOf(cors, { changes: many })],
      20,
    );
    expect(changes).toHaveLength(20);
    expect(changes[0]?.path).toHaveLength(512);
    expect(changes[0]?.desired).toHaveLength(MAX_VALUE);
    expect(changes[0]?.actual).toHaveLength(MAX_VALUE);
  });
});

test("changes name their setting; nothing is absent", () => {
  const plans = [
    planOf(versioning, { changes: [change("", "Enabled", "")] }),
    planOf(lifecycle, { changes: [change("rules[a]", "", "{}")] }),
  ];
  expect(statusChanges(plans, 20)).toEqual([
    { setting: "versioning", path: "", desired: "Enabled" },
    { setting: "lifecycle", path: "rules[a]", actual: "{}" },
  ]);
});

test("a setting that falls short as a whole has no path to name", () => {
  const plan = planOf(fakeSetting("objectOwnership", { inBaseline: true }), {
    source: "Unmanaged",
    changes: [change("")],
  });
  expect(resultSettings([resultOf(plan, "InSync")])[0]?.message).toMatch(/^Falls short of the secure baseline: /);
});
