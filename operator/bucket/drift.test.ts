import { describe, expect, test } from "vitest";
import type { SettingStatus } from "../api/types.ts";
import type { SettingState } from "./apply.ts";
import { bucketGone, corrected, detected, driftedPlans, driftSummary } from "./drift.ts";
import { change, fakeSetting, planOf, resultOf } from "./testing/fixtures.ts";

const EARLIER = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-01T00:10:00.000Z";
const cors = fakeSetting("cors");
const differs = planOf(cors, { changes: [change("rules[a]")] });

function recorded(state: SettingStatus["state"]) {
  return new Map([["cors", { name: "cors", source: "Spec" as const, ...(state && { state }) }]]);
}

describe("drift is", () => {
  test("a setting that was in sync and differs", () => {
    expect(driftedPlans([differs], recorded("InSync"))).toEqual([differs]);
  });

  test("not one that is equal", () => {
    expect(driftedPlans([planOf(cors)], recorded("InSync"))).toEqual([]);
  });

  test.each(["Pending", "Settling", "Failed", "Denied", "Drifted", undefined] as const)(
    "not one that was %s",
    (state) => {
      expect(driftedPlans([differs], recorded(state))).toEqual([]);
    },
  );

  test("not one that nobody knew", () => {
    expect(driftedPlans([differs], new Map())).toEqual([]);
  });
});

test("what was detected, when", () => {
  const many = Array.from({ length: 30 }, (_, index) => change(`rules[${index}]`));
  const drift = detected([planOf(cors, { changes: many })], NOW);
  expect(drift.lastDetectedTime).toBe(NOW);
  expect(drift.changes).toHaveLength(20);
  expect(drift.changes?.[0]).toEqual({ setting: "cors", path: "rules[0]", desired: "a", actual: "b" });
});

describe("corrected", () => {
  const drift = detected([differs], EARLIER);
  const result = (state: SettingState) => [resultOf(differs, state)];

  test("once the setting is as declared", () => {
    expect(corrected(drift, result("InSync"), NOW)).toEqual({ ...drift, lastCorrectedTime: NOW });
  });

  test.each(["Settling", "Failed", "KeepsChanging", "Planned", "Skipped"] as const)("not while it is %s", (state) => {
    expect(corrected(drift, result(state), NOW)).toBeUndefined();
  });

  test("not because of another setting", () => {
    const other = resultOf(planOf(fakeSetting("policy")), "Failed");
    expect(corrected(drift, [...result("InSync"), other], NOW)).toBeDefined();
  });

  test("not twice", () => {
    expect(corrected({ ...drift, lastCorrectedTime: NOW }, result("InSync"), NOW)).toBeUndefined();
  });

  test("anew, when it drifted again since", () => {
    const again = { ...drift, lastDetectedTime: NOW, lastCorrectedTime: EARLIER };
    expect(corrected(again, result("InSync"), NOW)).toMatchObject({ lastCorrectedTime: NOW });
  });

  test("nothing, where nothing drifted", () => {
    expect(corrected(undefined, result("InSync"), NOW)).toBeUndefined();
  });

  test("a bucket that was gone, once there is one again", () => {
    expect(corrected(bucketGone("docs", EARLIER), result("InSync"), NOW)).toMatchObject({ lastCorrectedTime: NOW });
  });
});

test("in a line", () => {
  const plans = [differs, planOf(fakeSetting("versioning"), { changes: [change("")] })];
  expect(driftSummary(detected(plans, NOW))).toBe("cors.rules[a], versioning");
  expect(driftSummary(bucketGone("docs", NOW))).toBe("bucket");
  expect(driftSummary({})).toBe("");
});
