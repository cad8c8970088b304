import { describe, expect, test } from "vitest";
import type { S3BucketSpec, SettingStatus } from "../api/types.ts";
import type { KeyResolution } from "./key/resolution.ts";
import type { Observation } from "./observe.ts";
import { planSettings, relevantSettings } from "./plan.ts";
import type { Setting } from "./settings/setting.ts";
import { change, fakeSetting, settingContextWith } from "./testing/fixtures.ts";

const DIFFERS = [change("")];

const versioning = fakeSetting("versioning", {
  reset: (observed) => (observed === "Enabled" ? "Suspended" : undefined),
});
const objectOwnership = fakeSetting("objectOwnership", {
  inBaseline: true,
  desired: (spec, { baseline }) => spec.objectOwnership ?? (baseline ? "BucketOwnerEnforced" : undefined),
  reset: (observed) => (observed === "BucketOwnerEnforced" ? undefined : "BucketOwnerEnforced"),
});

interface Case {
  setting: Setting;
  spec?: S3BucketSpec;
  baseline?: boolean;
  recorded?: SettingStatus["source"];
  observed?: unknown;
  error?: Error;
  key?: KeyResolution;
}

function plan({ setting, spec = {}, baseline = false, recorded, observed, error, key = { arn: undefined } }: Case) {
  const observation: Observation = error === undefined ? { value: observed } : { error };
  const record: SettingStatus = { name: setting.name, source: recorded ?? "Unmanaged" };
  return planSettings(
    [setting],
    spec,
    settingContextWith({ baseline }),
    new Map(recorded === undefined ? [] : [[setting.name, record]]),
    new Map([[setting.name, observation]]),
    key,
  ).map(({ name: _name, setting: _setting, observation: _observation, ...rest }) => rest);
}

describe("planSettings: a declared setting", () => {
  const spec = { versioning: "Enabled" } as const;

  test("has changes when it differs", () => {
    expect(plan({ setting: versioning, spec, observed: "Suspended" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: DIFFERS },
    ]);
  });

  test("has no changes when it is equal", () => {
    expect(plan({ setting: versioning, spec, observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });

  test("has no changes when it cannot be read", () => {
    expect(plan({ setting: versioning, spec, error: new Error("denied") })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });

  test("is planned from the spec when status records it too", () => {
    expect(plan({ setting: versioning, spec, recorded: "Spec", observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });
});

describe("planSettings: a setting of the baseline", () => {
  test("has the baseline's value when the spec does not declare it", () => {
    expect(plan({ setting: objectOwnership, baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Baseline", desired: "BucketOwnerEnforced", changes: DIFFERS },
    ]);
  });

  test("has the value of the spec, even if that is weaker", () => {
    const spec = { objectOwnership: "ObjectWriter" } as const;
    expect(plan({ setting: objectOwnership, spec, baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Spec", desired: "ObjectWriter", changes: [] },
    ]);
  });

  test("is unmanaged without the baseline, with changes that only show where it falls short", () => {
    expect(plan({ setting: objectOwnership, observed: "ObjectWriter" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: DIFFERS },
    ]);
    expect(plan({ setting: objectOwnership, observed: "BucketOwnerEnforced" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });

  test("has no changes when it is unmanaged and cannot be read", () => {
    expect(plan({ setting: objectOwnership, error: new Error("denied") })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });
});

describe("planSettings: a setting that left the spec", () => {
  test("is reset to S3's default, with the source that status records", () => {
    expect(plan({ setting: versioning, recorded: "Spec", observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Suspended", changes: DIFFERS, isReset: true },
    ]);
  });

  test("is reset with the baseline's value in its plan, since it may fall short of that afterwards", () => {
    expect(plan({ setting: objectOwnership, recorded: "Baseline", observed: "ObjectWriter" })).toEqual([
      {
        source: "Baseline",
        desired: "BucketOwnerEnforced",
        changes: DIFFERS,
        isReset: true,
        secure: "BucketOwnerEnforced",
      },
    ]);
  });

  test("stays in the plan while it cannot be read", () => {
    expect(plan({ setting: versioning, recorded: "Spec", error: new Error("denied") })).toEqual([
      { source: "Spec", desired: undefined, changes: [], isReset: true },
    ]);
  });

  test("is no longer managed once it has S3's default", () => {
    expect(plan({ setting: versioning, recorded: "Spec", observed: "Suspended" })).toEqual([]);
    expect(plan({ setting: objectOwnership, recorded: "Spec", observed: "BucketOwnerEnforced" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });

  test("has the baseline's value, and is not reset, when the baseline applies", () => {
    expect(plan({ setting: objectOwnership, recorded: "Spec", baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Baseline", desired: "BucketOwnerEnforced", changes: DIFFERS },
    ]);
  });
});

test("planSettings omits a setting that the operator has never applied", () => {
  expect(plan({ setting: versioning, observed: "Enabled" })).toEqual([]);
});

describe("planSettings: a KMS key that is not found", () => {
  const failure = { reason: "KMSKeyNotFound", message: "no such key", terminal: true };
  const key = { failure };
  const spec = { encryption: { sseAlgorithm: "aws:kms" } } as const;

  test("blocks a setting that uses it, since the desired value is unknown", () => {
    const setting = fakeSetting("encryption", { usesKey: () => true });
    expect(plan({ setting, spec, observed: "x", key })).toEqual([
      { source: "Spec", desired: undefined, changes: [], blocked: failure },
    ]);
  });

  test("does not block other settings", () => {
    expect(plan({ setting: versioning, spec: { versioning: "Enabled" }, observed: "x", key })).toEqual([
      { source: "Spec", desired: "Enabled", changes: DIFFERS },
    ]);
  });
});

test("planSettings keeps the order of the registry", () => {
  const settings = [versioning, objectOwnership];
  const spec = { versioning: "Enabled", objectOwnership: "ObjectWriter" } as const;
  const observations = new Map(settings.toReversed().map(({ name }) => [name, { value: "x" }]));
  const plans = planSettings(settings, spec, settingContextWith(), new Map(), observations, { arn: undefined });
  expect(plans.map(({ setting }) => setting.name)).toEqual(["versioning", "objectOwnership"]);
});

test("planSettings omits a setting that was not observed", () => {
  const spec = { versioning: "Enabled" } as const;
  expect(planSettings([versioning], spec, settingContextWith(), new Map(), new Map(), { arn: undefined })).toEqual([]);
});

describe("relevantSettings", () => {
  const settings = [versioning, objectOwnership, fakeSetting("cors"), fakeSetting("lifecycle")];
  const read = (spec: S3BucketSpec, recorded: string[] = []) => {
    const records = new Map(recorded.map((name) => [name, { name, source: "Spec" } as const]));
    return relevantSettings(settings, spec, settingContextWith(), records).map(({ name }) => name);
  };

  test("returns settings that are declared, that status records, or that are in the baseline", () => {
    expect(read({})).toEqual(["objectOwnership"]);
    expect(read({ versioning: "Enabled" }, ["lifecycle"])).toEqual(["versioning", "objectOwnership", "lifecycle"]);
  });
});
