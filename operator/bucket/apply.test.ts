import { beforeEach, describe, expect, test } from "vitest";
import { createHistory, MAX_WRITES, type History } from "../reconcile/history.ts";
import { applySettings, examineSettings } from "./apply.ts";
import type { Claim } from "./claim.ts";
import type { SettingPlan } from "./plan.ts";
import type { Setting } from "./settings/setting.ts";
import { fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { change, fakeSetting, planOf } from "./testing/fixtures.ts";

const OWNED: Claim = { origin: "Created", isNew: false };
const NEW: Claim = { origin: "Adopted", isNew: true };
const { bucket } = fakeBucket();

let log: string[];
let history: History;

beforeEach(() => {
  log = [];
  history = createHistory(() => 0, 60_000);
});

/** S3 has the value "b" until another one is written. */
function setting(name: Parameters<typeof fakeSetting>[0], overrides: Partial<Setting> = {}): Setting {
  let value: unknown = "b";
  return fakeSetting(name, {
    observe: async () => {
      log.push(`read ${name}`);
      return value;
    },
    write: async (_bucket, desired) => {
      log.push(`write ${name}`);
      await Promise.resolve();
      value = desired;
      log.push(`written ${name}`);
    },
    ...overrides,
  });
}

function differing(of: Setting, overrides: Partial<SettingPlan> = {}): SettingPlan {
  return planOf(of, { changes: [change("")], ...overrides });
}

async function apply(plans: SettingPlan[], claim = OWNED) {
  const results = await applySettings(bucket, plans, history, "uid", claim);
  return results.map(({ part, state, failure }) => [part.name, state, failure?.reason]);
}

function throwing(error: Error): Pick<Setting, "write"> {
  return {
    write: async () => {
      throw error;
    },
  };
}

describe("examineSettings", () => {
  const failure = { reason: "KMSKeyNotFound", message: "no such key" } as const;

  test.each<[string, Partial<SettingPlan>, string, string | undefined]>([
    ["equal to its desired value", { changes: [] }, "InSync", undefined],
    ["different from its desired value", {}, "Planned", undefined],
    ["blocked", { blocked: failure }, "Failed", "KMSKeyNotFound"],
    ["unreadable", { observation: { error: sdkError("AccessDenied", 403) } }, "Failed", "AccessDenied"],
    ["unmanaged and short of the baseline", { source: "Unmanaged" }, "InSync", undefined],
    [
      "unmanaged and unreadable",
      { source: "Unmanaged", observation: { error: sdkError("AccessDenied", 403) } },
      "InSync",
      undefined,
    ],
  ])("writes nothing, and returns the state of a setting that is %s", (_case, plan, state, reason) => {
    const [result] = examineSettings(bucket, [differing(setting("cors"), plan)]);
    expect(result?.state).toBe(state);
    expect(result?.failure?.reason).toBe(reason);
    expect(log).toEqual([]);
  });

  test("names the action of the read that was denied", () => {
    const plan = differing(setting("cors"), { observation: { error: sdkError("AccessDenied", 403) } });
    expect(examineSettings(bucket, [plan])[0]?.failure?.message).toContain("s3:GetIt on arn:aws:s3:::docs");
  });
});

describe("applySettings", () => {
  test("writes what differs, one setting at a time in the order of the plans, and then reads it back", async () => {
    const plans = [differing(setting("tags")), planOf(setting("versioning")), differing(setting("cors"))];
    expect(await apply(plans)).toEqual([
      ["tags", "InSync", undefined],
      ["versioning", "InSync", undefined],
      ["cors", "InSync", undefined],
    ]);
    expect(log).toEqual(["write tags", "written tags", "write cors", "written cors", "read tags", "read cors"]);
  });

  test("does not write a setting that is unmanaged, blocked or unreadable", async () => {
    await apply([
      differing(setting("cors"), { source: "Unmanaged" }),
      differing(setting("encryption"), { blocked: { reason: "KMSKeyNotFound", message: "" } }),
      differing(setting("policy"), { observation: { error: sdkError("SlowDown", 503) } }),
    ]);
    expect(log).toEqual([]);
  });

  test("passes the desired and the observed value to the write", async () => {
    const seen: unknown[] = [];
    const write: Setting["write"] = async (...parameters) => void seen.push(...parameters);
    await apply([differing(setting("cors", { write }), { desired: "d", observation: { value: "o" } })]);
    expect(seen).toEqual([bucket, "d", "o"]);
  });

  test("writes the other settings after one has failed", async () => {
    const failing = differing(setting("lifecycle", throwing(sdkError("AccessDenied", 403))));
    expect(await apply([failing, differing(setting("cors"))])).toEqual([
      ["lifecycle", "Failed", "AccessDenied"],
      ["cors", "InSync", undefined],
    ]);
  });

  test("returns Settling when S3 shows the old value after the write", async () => {
    const stale = setting("lifecycle", { observe: () => Promise.resolve("b") });
    expect(await apply([differing(stale)])).toEqual([["lifecycle", "Settling", undefined]]);
  });

  test("returns a failure when a written setting cannot be read back", async () => {
    const unreadable = setting("lifecycle", { observe: () => Promise.reject(sdkError("AccessDenied", 403)) });
    expect(await apply([differing(unreadable)])).toEqual([["lifecycle", "Failed", "AccessDenied"]]);
  });

  test("keeps the first observation, for status, of a written setting that cannot be read back", async () => {
    const unreadable = setting("lifecycle", { observe: () => Promise.reject(sdkError("SlowDown", 503)) });
    const [result] = await applySettings(bucket, [differing(unreadable)], history, "uid", OWNED);
    expect(result).toMatchObject({ state: "Failed", part: { observation: { value: "b" } } });
  });

  test("rethrows an error that is not from AWS", async () => {
    await expect(apply([differing(setting("cors", throwing(new TypeError("bug"))))])).rejects.toThrow(TypeError);
  });
});

describe("applySettings on a document that other tools write too", () => {
  const shared = (overrides: Partial<Setting> = {}) => setting("policy", { isShared: true, ...overrides });

  test("reads the document again right before the write, and passes that value to the write", async () => {
    const seen: unknown[] = [];
    const write: Setting["write"] = async (_bucket, _desired, observed) => void seen.push(observed);
    await apply([differing(shared({ write, observe: () => Promise.resolve("since then") }))]);
    expect(seen).toEqual(["since then"]);
  });

  test("reads the document back after the write", async () => {
    await apply([differing(shared())]);
    expect(log).toEqual(["read policy", "write policy", "written policy", "read policy"]);
  });

  test("does not write the document if it is as desired by then", async () => {
    expect(await apply([differing(shared({ observe: () => Promise.resolve("a") }))])).toEqual([
      ["policy", "InSync", undefined],
    ]);
    expect(log).toEqual([]);
  });

  test("does not read the document before the write in a bucket that this reconcile created", async () => {
    await apply([differing(shared())], { ...OWNED, isCreated: true });
    expect(log).toEqual(["write policy", "written policy", "read policy"]);
  });

  test("does not write the document if it cannot be read", async () => {
    const unreadable = shared({ observe: () => Promise.reject(sdkError("SlowDown", 503)) });
    expect(await apply([differing(unreadable)])).toEqual([["policy", "Failed", "Throttled"]]);
    expect(log).toEqual([]);
  });
});

describe("applySettings and the claim", () => {
  const denied = throwing(sdkError("AccessDenied", 403));

  test("skips the other settings of a newly claimed bucket when its tags cannot be written", async () => {
    const plans = [differing(setting("tags", denied)), differing(setting("cors")), planOf(setting("versioning"))];
    expect(await apply(plans, NEW)).toEqual([
      ["tags", "Failed", "AccessDenied"],
      ["cors", "Skipped", undefined],
      ["versioning", "Skipped", undefined],
    ]);
    expect(log).toEqual([]);
  });

  test("writes the other settings of a newly claimed bucket after its tags", async () => {
    expect(await apply([differing(setting("tags")), differing(setting("cors"))], NEW)).toEqual([
      ["tags", "InSync", undefined],
      ["cors", "InSync", undefined],
    ]);
  });

  test("writes the other settings of an already claimed bucket when its tags cannot be written", async () => {
    expect(await apply([differing(setting("tags", denied)), differing(setting("cors"))], OWNED)).toEqual([
      ["tags", "Failed", "AccessDenied"],
      ["cors", "InSync", undefined],
    ]);
  });

  test("writes the other settings of a newly claimed bucket when a setting other than the tags fails", async () => {
    const plans = [differing(setting("tags")), differing(setting("policy", denied)), differing(setting("cors"))];
    expect(await apply(plans, NEW)).toContainEqual(["cors", "InSync", undefined]);
  });
});

describe("applySettings after earlier writes", () => {
  test("does not write a setting again inside the settle window", async () => {
    const plan = differing(setting("lifecycle", { observe: () => Promise.resolve("b") }));
    await apply([plan]);
    log = [];
    expect(await apply([plan])).toEqual([["lifecycle", "Settling", undefined]]);
    expect(log).toEqual([]);
  });

  test.each([
    ["changes back after each write", "a", "KeepsChanging"],
    ["never shows what was written", "b", "NotKept"],
  ])("stops writing a setting that %s", async (_case, shown, state) => {
    const unstable = setting("lifecycle", { observe: () => Promise.resolve(shown) });
    for (let write = 0; write < MAX_WRITES; write += 1) {
      await apply([differing(unstable, { changes: [change(`${write}`)] })]);
    }
    log = [];
    expect(await apply([differing(unstable)])).toEqual([["lifecycle", state, undefined]]);
    expect(log).toEqual([]);
  });

  test("writes such a setting again once it has been in sync", async () => {
    const unstable = setting("lifecycle", { observe: () => Promise.resolve("b") });
    for (let write = 0; write < MAX_WRITES; write += 1) {
      await apply([differing(unstable, { changes: [change(`${write}`)] })]);
    }
    await apply([planOf(unstable)]);
    log = [];
    await apply([differing(unstable)]);
    expect(log).toContain("write lifecycle");
  });

  test("writes a setting again at once after a failed write", async () => {
    await apply([differing(setting("lifecycle", throwing(sdkError("SlowDown", 503))))]);
    expect(await apply([differing(setting("lifecycle"))])).toEqual([["lifecycle", "InSync", undefined]]);
  });
});

describe("applySettings with a principal that AWS does not know", () => {
  const error = Object.assign(sdkError("MalformedPolicy", 400), { message: "Invalid principal in policy" });

  test("returns a failure that is retried soon, and after two minutes an error of the spec", async () => {
    let now = 0;
    history = createHistory(() => now, 60_000);
    const plan = differing(setting("policy", throwing(error)));
    const attempt = async () => (await applySettings(bucket, [plan], history, "uid", OWNED))[0]?.failure;
    expect(await attempt()).toMatchObject({ reason: "NotYetVisible", retryAfterMs: 10_000 });
    now += 119_999;
    expect(await attempt()).toMatchObject({ reason: "NotYetVisible" });
    now += 1;
    expect(await attempt()).toMatchObject({ reason: "InvalidPrincipal", terminal: true });
  });
});
