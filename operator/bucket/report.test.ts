import { describe, expect, test } from "vitest";
import type { PartState } from "../reconcile/part.ts";
import type { SettingPlan } from "./plan.ts";
import { declaredSettings, intendedSettings, resultSettings } from "./report.ts";
import { change, fakeSetting, planOf, resultOf, settingContextWith } from "./testing/fixtures.ts";

const versioning = fakeSetting("versioning");
const lifecycle = fakeSetting("lifecycle");
const cors = fakeSetting("cors", { inBaseline: true });
const CHANGES = [change("rules[a].days"), change("rules[b]")];
const PATHS = "rules[a].days, rules[b]";

test("declaredSettings reports every declared setting as Pending", () => {
  const spec = { versioning: "Enabled" } as const;
  const tags = fakeSetting("tags", { desired: () => ({}) });
  expect(declaredSettings([versioning, lifecycle, tags], spec, settingContextWith())).toEqual([
    { name: "versioning", source: "Spec", state: "Pending" },
    { name: "tags", source: "Baseline", state: "Pending" },
  ]);
});

describe("intendedSettings", () => {
  const failure = { reason: "KMSKeyNotFound", message: "no such key" } as const;

  test.each<[string, Partial<SettingPlan>, boolean, object]>([
    ["in sync", {}, false, { source: "Spec", state: "InSync" }],
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
    [
      "to be written as a whole",
      { changes: [change("")] },
      false,
      { source: "Spec", state: "Pending", reason: "Applying" },
    ],
    ["blocked", { blocked: failure }, false, { source: "Spec", state: "Pending", reason: "Applying" }],
    ["unmanaged", { source: "Unmanaged" }, false, { source: "Unmanaged" }],
  ])("reports a setting that is %s", (_case, plan, drifted, expected) => {
    const names = new Set(drifted ? ["lifecycle"] : []);
    expect(intendedSettings([planOf(lifecycle, plan)], names)).toEqual([{ name: "lifecycle", ...expected }]);
  });
});

describe("resultSettings", () => {
  test.each<[PartState, object]>([
    ["InSync", { state: "InSync" }],
    ["Settling", { state: "Settling", reason: "Settling", message: PATHS }],
    ["Planned", { state: "Drifted", reason: "ChangesPlanned", message: PATHS }],
    ["Skipped", { state: "Pending", reason: "Applying", message: PATHS }],
    [
      "KeepsChanging",
      { state: "Drifted", reason: "SettingKeepsChanging", message: expect.stringContaining(PATHS) as string },
    ],
    [
      "NotKept",
      { state: "Drifted", reason: "SettingKeepsChanging", message: expect.stringContaining(PATHS) as string },
    ],
  ])("reports a setting in the state %s", (state, expected) => {
    const result = resultOf(planOf(lifecycle, { changes: CHANGES }), state);
    expect(resultSettings([result])).toEqual([{ name: "lifecycle", source: "Spec", ...expected }]);
  });

  test.each([
    ["AccessDenied", "Denied"],
    ["Invalid", "Failed"],
  ] as const)("reports a failure with the reason %s as %s", (reason, state) => {
    const failure = { reason, message: "why" };
    const result = resultOf(planOf(lifecycle, { source: "Baseline" }), "Failed", failure);
    expect(resultSettings([result])).toEqual([
      { name: "lifecycle", source: "Baseline", state, reason, message: "why" },
    ]);
  });

  test("omits a setting after its reset, or reports it as Unmanaged if it is in the baseline", () => {
    const reset = { isReset: true, secure: "b" } as const;
    const results = [lifecycle, cors].map((setting) => resultOf(planOf(setting, reset), "InSync"));
    expect(resultSettings(results)).toEqual([{ name: "cors", source: "Unmanaged" }]);
  });

  test("reports BelowBaseline for a setting that falls short of the baseline after its reset", () => {
    const diff = () => CHANGES;
    const plan = planOf(fakeSetting("cors", { inBaseline: true, diff }), { isReset: true, secure: "a" });
    const expected = { name: "cors", source: "Unmanaged", reason: "BelowBaseline" };
    expect(resultSettings([resultOf(plan, "InSync")])).toMatchObject([expected]);
  });

  test("reports a setting until its reset is done", () => {
    const result = resultOf(planOf(lifecycle, { isReset: true, changes: CHANGES }), "Settling");
    expect(resultSettings([result])).toMatchObject([{ name: "lifecycle", source: "Spec", state: "Settling" }]);
  });
});

describe("resultSettings: an unmanaged setting", () => {
  const statusOf = (plan: Partial<SettingPlan>) =>
    resultSettings([resultOf(planOf(cors, { source: "Unmanaged", ...plan }), "InSync")]);

  test("has no reason when it meets the baseline or cannot be read", () => {
    expect(statusOf({})).toEqual([{ name: "cors", source: "Unmanaged" }]);
    expect(statusOf({ observation: { error: new Error("denied") } })).toEqual([{ name: "cors", source: "Unmanaged" }]);
  });

  test("has a message that says where it falls short of the baseline and what to do", () => {
    const [status] = statusOf({ changes: CHANGES });
    expect(status).toMatchObject({ name: "cors", source: "Unmanaged", reason: "BelowBaseline" });
    expect(status).not.toHaveProperty("state");
    expect(status?.message).toContain(PATHS);
    expect(status?.message).toContain("spec.baseline");
    expect(status?.message).toContain("spec.cors");
  });
});

describe("resultSettings and intendedSettings", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => change(`rules[${index}]`));

  test("cut messages to 4,096 characters", () => {
    const plan = planOf(lifecycle, { changes: many });
    const failure = { reason: "Invalid", message: "x".repeat(5_000) } as const;
    const results = [
      resultOf(plan, "Settling"),
      resultOf(plan, "KeepsChanging"),
      resultOf(plan, "Failed", failure),
      resultOf({ ...plan, source: "Unmanaged" }, "InSync"),
    ];
    for (const { message = "" } of [...resultSettings(results), ...intendedSettings([plan], new Set())]) {
      expect(message).toHaveLength(4_096);
      expect(message.endsWith("…")).toBe(true);
    }
  });
});

test("resultSettings names no path of a setting that falls short of the baseline as a whole", () => {
  const plan = planOf(fakeSetting("objectOwnership", { inBaseline: true }), {
    source: "Unmanaged",
    changes: [change("")],
  });
  expect(resultSettings([resultOf(plan, "InSync")])[0]?.message).toMatch(/^Falls short of the secure baseline: /);
});
