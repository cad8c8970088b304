import { beforeEach, describe, expect, test } from "vitest";
import { createHistory } from "../reconcile/history.ts";
import {
  announceChanges,
  announceCreation,
  announceExternalAccess,
  announceLoss,
  announceWithoutEffect,
} from "./announce.ts";
import type { BucketDependencies } from "./dependencies.ts";
import type { SettingPlan } from "./plan.ts";
import type { Memory } from "./status.ts";
import { change, fakeSetting, planOf, recordedContext, s3Bucket, target } from "./testing/fixtures.ts";

const NOW = Date.UTC(2026, 0, 2);
const cors = planOf(fakeSetting("cors"), { changes: [change("rules[a]")] });
const tags = planOf(fakeSetting("tags", { report: () => ({ tagKeys: ["env"] }) }), { changes: [change("env")] });
const recorded: Memory["recorded"] = new Map([["cors", { name: "cors", source: "Spec", state: "InSync" }]]);

let drifts: string[];
let dependencies: BucketDependencies;

beforeEach(() => {
  drifts = [];
  const history = createHistory(() => NOW, 60_000);
  dependencies = { history, now: () => NOW, onDrift: (setting: string) => drifts.push(setting) } as never;
});

async function announce(plans: SettingPlan[], memory: Partial<Memory> = {}) {
  const recording = recordedContext(s3Bucket());
  const known = { recorded: new Map(), established: true, ...memory };
  await announceChanges(dependencies, recording.context, plans, known);
  return { ...recording, status: recording.context.status };
}

describe("announceChanges without changes", () => {
  const unmanaged: SettingPlan = { ...cors, source: "Unmanaged" };

  test.each([
    ["all settings are as desired", [planOf(fakeSetting("cors"))]],
    ["only an unmanaged setting differs", [unmanaged]],
    ["there are no settings", []],
  ])("announces nothing when %s", async (_case, plans) => {
    const { progress, events, status } = await announce(plans, { recorded });
    expect([progress, events, status]).toEqual([[], [], {}]);
  });

  test("announces nothing when S3 shows an old value inside the settle window", async () => {
    dependencies.history.wrote("uid", { name: "cors", desired: cors.desired, changes: cors.changes });
    const { progress, events } = await announce([cors], { recorded });
    expect([progress, events, drifts]).toEqual([[], [], []]);
  });
});

test("announceChanges records the settings in status before they are written", async () => {
  const { progress, events, status } = await announce([tags, cors]);
  expect(progress).toEqual([["Applying", "Applying tags, cors"]]);
  expect(status.settings).toMatchObject([
    { name: "tags", state: "Pending" },
    { name: "cors", state: "Pending" },
  ]);
  expect(status.tagKeys).toEqual(["env"]);
  expect(status).not.toHaveProperty("drift");
  expect([events, drifts]).toEqual([[], []]);
});

describe("announceChanges after drift", () => {
  test("emits an event, counts the drift, and records it in status with its time", async () => {
    const { progress, events, status } = await announce([cors, tags], { recorded });
    expect(drifts).toEqual(["cors"]);
    expect(events).toMatchObject([{ type: "Warning", reason: "DriftDetected", note: "Drift detected: cors.rules[a]" }]);
    expect(progress).toEqual([["DriftDetected", "Drift detected: cors.rules[a]"]]);
    expect(status.drift).toEqual({
      lastDetectedTime: new Date(NOW).toISOString(),
      changes: [{ setting: "cors", path: "rules[a]", desired: "a", actual: "b" }],
    });
    expect(status.settings).toMatchObject([
      { name: "cors", state: "Drifted" },
      { name: "tags", state: "Pending" },
    ]);
  });

  test("reports no drift when the declaration has changed", async () => {
    const recording = recordedContext(s3Bucket({}, { status: { declarationHash: "former" } }));
    recording.context.status.declarationHash = "new";
    await announceChanges(dependencies, recording.context, [cors], { recorded, established: true });
    const { progress } = recording;
    expect(progress).toEqual([["Applying", "Applying cors"]]);
    expect(drifts).toEqual([]);
  });
});

test("announceCreation emits an event", () => {
  const { context, events } = recordedContext(s3Bucket());
  announceCreation(context, target());
  expect(events).toMatchObject([{ type: "Normal", reason: "BucketCreated", action: "Create" }]);
  expect(events[0]?.note).toContain("'docs' in eu-central-1");
});

test("announceLoss removes the ARN from status and reports drift", () => {
  const { context, events } = recordedContext(
    s3Bucket({}, { status: { arn: "arn:aws:s3:::docs", bucketName: "docs" } }),
  );
  announceLoss(dependencies, context, target());
  expect(context.status).toEqual({
    bucketName: "docs",
    drift: {
      lastDetectedTime: new Date(NOW).toISOString(),
      changes: [{ setting: "bucket", path: "", desired: "docs" }],
    },
  });
  expect(drifts).toEqual(["bucket"]);
  expect(events).toMatchObject([{ type: "Warning", reason: "DriftDetected" }]);
});

describe("announceExternalAccess", () => {
  const reader = { statement: "Reader", access: "OtherAccount" as const, principals: ["444455556666"] };
  const open = { statement: "#2", access: "Public" as const, principals: ["*"] };

  function announced(before: (typeof reader | typeof open)[] | undefined, now: (typeof reader | typeof open)[]) {
    const { context, events } = recordedContext(
      s3Bucket({}, { status: before && { policy: { externalAccess: before } } }),
    );
    context.status.policy = { bytes: 1, ...(now.length > 0 && { externalAccess: now }) };
    announceExternalAccess(context);
    return events;
  }

  test("emits an event for a new statement", () => {
    const [event, ...rest] = announced([reader], [reader, open]);
    expect(rest).toEqual([]);
    expect(event).toMatchObject({ type: "Warning", reason: "ExternalAccess" });
    expect(event?.note).toContain("'#2' grants public access");
    expect(event?.note).not.toContain("Reader");
  });

  test("emits an event for a statement at the first observation", () => {
    expect(announced(undefined, [reader])[0]?.note).toContain("'Reader' grants access to 444455556666");
  });

  test("emits an event when a known statement grants access to another account", () => {
    const wider = { ...reader, principals: [...reader.principals, "777788889999"] };
    expect(announced([reader], [wider])).toHaveLength(1);
  });

  test("emits no event for a known statement or a removed one", () => {
    expect(announced([reader, open], [open])).toEqual([]);
    expect(announced([reader], [])).toEqual([]);
  });
});

test("announceWithoutEffect emits an event once for each message", () => {
  const useless = (message: string) =>
    ({ name: "website", source: "Spec", state: "InSync", reason: "SettingWithoutEffect", message }) as const;
  const announced = (before: string | undefined, now: string) => {
    const settings = before === undefined ? [] : [useless(before)];
    const { context, events } = recordedContext(s3Bucket({}, { status: { settings } }));
    context.status.settings = [useless(now), { name: "cors", source: "Spec", state: "InSync" }];
    announceWithoutEffect(context);
    return events;
  };
  expect(announced(undefined, "no TLS")).toMatchObject([
    { type: "Warning", reason: "SettingWithoutEffect", note: "website: no TLS" },
  ]);
  expect(announced("no TLS", "no TLS")).toEqual([]);
  expect(announced("no TLS", "private")).toHaveLength(1);
});
