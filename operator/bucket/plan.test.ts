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

describe("a declared setting", () => {
  const spec = { versioning: "Enabled" } as const;

  test("that differs", () => {
    expect(plan({ setting: versioning, spec, observed: "Suspended" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: DIFFERS },
    ]);
  });

  test("that does not", () => {
    expect(plan({ setting: versioning, spec, observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });

  test("that cannot be read is not judged", () => {
    expect(plan({ setting: versioning, spec, error: new Error("denied") })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });

  test("goes before its record", () => {
    expect(plan({ setting: versioning, spec, recorded: "Spec", observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Enabled", changes: [] },
    ]);
  });
});

describe("a setting of the baseline", () => {
  test("is held by it", () => {
    expect(plan({ setting: objectOwnership, baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Baseline", desired: "BucketOwnerEnforced", changes: DIFFERS },
    ]);
  });

  test("yields to the spec, also where that is weaker", () => {
    const spec = { objectOwnership: "ObjectWriter" } as const;
    expect(plan({ setting: objectOwnership, spec, baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Spec", desired: "ObjectWriter", changes: [] },
    ]);
  });

  test("is never written without it; what falls short is only told", () => {
    expect(plan({ setting: objectOwnership, observed: "ObjectWriter" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: DIFFERS },
    ]);
    expect(plan({ setting: objectOwnership, observed: "BucketOwnerEnforced" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });

  test("that cannot be read and is nobody's is not judged", () => {
    expect(plan({ setting: objectOwnership, error: new Error("denied") })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });
});

describe("a setting that left the spec", () => {
  test("is reset to S3's default, on behalf of what it was", () => {
    expect(plan({ setting: versioning, recorded: "Spec", observed: "Enabled" })).toEqual([
      { source: "Spec", desired: "Suspended", changes: DIFFERS, isReset: true },
    ]);
  });

  test("is reset with the baseline in view, of which the bucket may fall short afterwards", () => {
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

  test("and cannot be read stays on record until it can be", () => {
    expect(plan({ setting: versioning, recorded: "Spec", error: new Error("denied") })).toEqual([
      { source: "Spec", desired: undefined, changes: [], isReset: true },
    ]);
  });

  test("and has S3's default is done with", () => {
    expect(plan({ setting: versioning, recorded: "Spec", observed: "Suspended" })).toEqual([]);
    expect(plan({ setting: objectOwnership, recorded: "Spec", observed: "BucketOwnerEnforced" })).toEqual([
      { source: "Unmanaged", desired: undefined, changes: [] },
    ]);
  });

  test("falls back to the baseline, where that holds, and not to a reset", () => {
    expect(plan({ setting: objectOwnership, recorded: "Spec", baseline: true, observed: "ObjectWriter" })).toEqual([
      { source: "Baseline", desired: "BucketOwnerEnforced", changes: DIFFERS },
    ]);
  });
});

test("what was never ours is not touched", () => {
  expect(plan({ setting: versioning, observed: "Enabled" })).toEqual([]);
});

describe("a KMS key that is not to be found", () => {
  const failure = { reason: "KMSKeyNotFound", message: "no such key", terminal: true };
  const key = { failure };
  const spec = { encryption: { sseAlgorithm: "aws:kms" } } as const;

  test("blocks a setting that uses it, since what is wanted cannot be known", () => {
    const setting = fakeSetting("encryption", { usesKey: () => true });
    expect(plan({ setting, spec, observed: "x", key })).toEqual([
      { source: "Spec", desired: undefined, changes: [], blocked: failure },
    ]);
  });

  test("blocks nothing else", () => {
    expect(plan({ setting: versioning, spec: { versioning: "Enabled" }, observed: "x", key })).toEqual([
      { source: "Spec", desired: "Enabled", changes: DIFFERS },
    ]);
  });
});

test("the order of the registry is the order of the writes", () => {
  const settings = [versioning, objectOwnership];
  const spec = { versioning: "Enabled", objectOwnership: "ObjectWriter" } as const;
  const observations = new Map(settings.toReversed().map(({ name }) => [name, { value: "x" }]));
  const plans = planSettings(settings, spec, settingContextWith(), new Map(), observations, { arn: undefined });
  expect(plans.map(({ setting }) => setting.name)).toEqual(["versioning", "objectOwnership"]);
});

test("what was not observed is not planned", () => {
  const spec = { versioning: "Enabled" } as const;
  expect(planSettings([versioning], spec, settingContextWith(), new Map(), new Map(), { arn: undefined })).toEqual([]);
});

describe("settings to be read", () => {
  const settings = [versioning, objectOwnership, fakeSetting("cors"), fakeSetting("lifecycle")];
  const read = (spec: S3BucketSpec, recorded: string[] = []) => {
    const records = new Map(recorded.map((name) => [name, { name, source: "Spec" } as const]));
    return relevantSettings(settings, spec, settingContextWith(), records).map(({ name }) => name);
  };

  test("those declared, those on record, and those that the baseline judges", () => {
    expect(read({})).toEqual(["objectOwnership"]);
    expect(read({ versioning: "Enabled" }, ["lifecycle"])).toEqual(["versioning", "objectOwnership", "lifecycle"]);
  });
});
