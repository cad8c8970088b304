import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { objectLock as setting } from "./object-lock.ts";

const HOLD = { DefaultEventHold: { Days: 7 } };

function locked(DefaultRetention?: object) {
  return { ObjectLockEnabled: "Enabled", ...(DefaultRetention && { Rule: { DefaultRetention } }) };
}

test("desired: the retention, without the acknowledgement, which AWS does not know", () => {
  const objectLock = { mode: "COMPLIANCE", years: 7, acknowledgeCompliance: "NotEvenRootCanDelete" } as const;
  expect(setting.desired({ objectLock }, settingContextWith())).toStrictEqual({ mode: "COMPLIANCE", years: 7 });
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

describe("observe", () => {
  test("the configuration", async () => {
    const { bucket, calls } = fakeBucket(() => ({ ObjectLockConfiguration: locked({ Mode: "GOVERNANCE", Days: 1 }) }));
    expect(await setting.observe(bucket)).toEqual(locked({ Mode: "GOVERNANCE", Days: 1 }));
    expect(calls).toEqual([{ command: "GetObjectLockConfigurationCommand", input: bucket.ref }]);
  });

  test.each(["ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound"])("none: %s", async (name) => {
    expect(await setting.observe(fakeBucket(failing(name, 404)).bucket)).toEqual({});
  });
});

describe("diff", () => {
  const desired = { mode: "GOVERNANCE", days: 30 };

  test.each([
    ["the same", desired, locked({ Mode: "GOVERNANCE", Days: 30 })],
    ["an event hold beside it", desired, locked({ Mode: "GOVERNANCE", Days: 30, ...HOLD })],
    ["no retention", { mode: "None" }, locked()],
    ["an event hold alone", { mode: "None" }, locked(HOLD)],
    ["the event hold that is declared", { mode: "None", defaultEventHold: { days: 7 } }, locked(HOLD)],
    ["no event hold where none is to be", { mode: "None", defaultEventHold: {} }, locked()],
  ])("finds nothing in %s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });

  test.each([
    ["a bucket without object lock", {}, [{ path: "", desired: "Enabled", actual: "" }]],
    [
      "no retention",
      locked(),
      [
        { path: "mode", desired: "GOVERNANCE", actual: "None" },
        { path: "days", desired: "30", actual: "" },
      ],
    ],
    [
      "another mode",
      locked({ Mode: "COMPLIANCE", Days: 30 }),
      [{ path: "mode", desired: "GOVERNANCE", actual: "COMPLIANCE" }],
    ],
    [
      "another period",
      locked({ Mode: "GOVERNANCE", Years: 30 }),
      [
        { path: "days", desired: "30", actual: "" },
        { path: "years", desired: "", actual: "30" },
      ],
    ],
  ])("finds %s", (_case, observed, changes) => {
    expect(setting.diff(desired, observed)).toEqual(changes);
  });

  test.each([
    ["another event hold", { years: 1 }, HOLD, '{"years":1}', '{"days":7}'],
    ["an event hold where none is to be", {}, HOLD, "", '{"days":7}'],
    ["no event hold", { days: 7 }, {}, '{"days":7}', ""],
  ])("finds %s", (_case, defaultEventHold, observed, wanted, actual) => {
    const changes = setting.diff({ mode: "None", defaultEventHold }, locked(observed));
    expect(changes).toEqual([{ path: "defaultEventHold", desired: wanted, actual }]);
  });

  test("finds a lock that is off where only that it is on is declared", () => {
    expect(setting.diff({ mode: "None" }, {})).toHaveLength(1);
  });
});

describe("write", () => {
  test.each([
    ["switches it on", { mode: "GOVERNANCE", days: 30 }, {}, locked({ Mode: "GOVERNANCE", Days: 30 })],
    ["switches it on without a retention", { mode: "None" }, {}, locked()],
    [
      "takes days for years, and carries an event hold over",
      { mode: "COMPLIANCE", days: 30 },
      locked({ Mode: "COMPLIANCE", Years: 1, ...HOLD }),
      locked({ Mode: "COMPLIANCE", Days: 30, ...HOLD }),
    ],
    [
      "takes a retention away, but for an event hold",
      { mode: "None" },
      locked({ Mode: "GOVERNANCE", Days: 1, ...HOLD }),
      locked(HOLD),
    ],
    ["takes a retention away", { mode: "None" }, locked({ Mode: "GOVERNANCE", Days: 1 }), locked()],
    ["sets an event hold", { mode: "None", defaultEventHold: { days: 7 } }, locked(), locked(HOLD)],
    ["takes an event hold away", { mode: "None", defaultEventHold: {} }, locked(HOLD), locked()],
    [
      "keeps unknown fields",
      { mode: "GOVERNANCE", days: 1 },
      { ...locked(), SimulatedUnknownField: "unknown" },
      { ...locked({ Mode: "GOVERNANCE", Days: 1 }), SimulatedUnknownField: "unknown" },
    ],
  ])("%s", async (_case, desired, observed, ObjectLockConfiguration) => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(calls).toEqual([
      { command: "PutObjectLockConfigurationCommand", input: { ...bucket.ref, ObjectLockConfiguration } },
    ]);
  });
});

test("reset takes the retention away; the lock itself cannot be", () => {
  const context = settingContextWith();
  expect(setting.reset(locked({ Mode: "GOVERNANCE", Days: 1 }), context)).toEqual({ mode: "None" });
  expect(setting.reset(locked(), context)).toBeUndefined();
  expect(setting.reset(locked(HOLD), context)).toBeUndefined();
  expect(setting.reset({}, context)).toBeUndefined();
});

describe("toSpec", () => {
  const toSpec = (observed: object) => setting.toSpec(observed, settingContextWith());

  test("COMPLIANCE with the acknowledgement that it takes", () => {
    const objectLock = { mode: "COMPLIANCE", years: 7, acknowledgeCompliance: "NotEvenRootCanDelete" };
    expect(toSpec(locked({ Mode: "COMPLIANCE", Years: 7 }))).toEqual({ spec: { objectLock }, omitted: [] });
  });

  test("a lock without a retention is a setting, no lock is none; what a Put carries over is told", () => {
    expect(toSpec(locked()).spec).toEqual({ objectLock: { mode: "None" } });
    expect(toSpec({})).toEqual({});
    expect(toSpec(locked(HOLD)).spec).toEqual({ objectLock: { mode: "None", defaultEventHold: { days: 7 } } });
    expect(toSpec(locked({ ...HOLD, Jitter: 1 })).omitted).toEqual([
      expect.stringContaining("DefaultRetention.Jitter"),
    ]);
  });
});
