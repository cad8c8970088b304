import { beforeEach, describe, expect, test } from "vitest";
import { announceChanges, announceCreation, announceExternalAccess, announceLoss } from "./announce.ts";
import type { BucketDependencies } from "./dependencies.ts";
import { createHistory } from "../reconcile/history.ts";
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

describe("nothing is announced", () => {
  const unmanaged: SettingPlan = { ...cors, source: "Unmanaged" };

  test.each([
    ["of settings that are equal", [planOf(fakeSetting("cors"))]],
    ["of what is not ours", [unmanaged]],
    ["of nothing", []],
  ])("%s", async (_case, plans) => {
    const { progress, events, status } = await announce(plans, { recorded });
    expect([progress, events, status]).toEqual([[], [], {}]);
  });

  test("of an old answer inside the settle window", async () => {
    dependencies.history.wrote("uid", { name: "cors", desired: cors.desired, changes: cors.changes });
    const { progress, events } = await announce([cors], { recorded });
    expect([progress, events, drifts]).toEqual([[], [], []]);
  });
});

test("what is about to be written is on record before it is", async () => {
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

describe("drift", () => {
  test("is an event, a count, and in status what and when", async () => {
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

  test("is not what another declaration brings", async () => {
    const recording = recordedContext(s3Bucket({}, { status: { declarationHash: "former" } }));
    recording.context.status.declarationHash = "new";
    await announceChanges(dependencies, recording.context, [cors], { recorded, established: true });
    const { progress } = recording;
    expect(progress).toEqual([["Applying", "Applying cors"]]);
    expect(drifts).toEqual([]);
  });
});

test("a new bucket is an event", () => {
  const { context, events } = recordedContext(s3Bucket());
  announceCreation(context, target());
  expect(events).toMatchObject([{ type: "Normal", reason: "BucketCreated", action: "Create" }]);
  expect(events[0]?.note).toContain("'docs' in eu-central-1");
});

test("a bucket that was lost is no longer claimed to be there", () => {
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

describe("statements of others that let in more than the account", () => {
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

  test("are an event when they are new", () => {
    const [event, ...rest] = announced([reader], [reader, open]);
    expect(rest).toEqual([]);
    expect(event).toMatchObject({ type: "Warning", reason: "ExternalAccess" });
    expect(event?.note).toContain("'#2' lets in everybody");
    expect(event?.note).not.toContain("Reader");
  });

  test("are an event at the first look", () => {
    expect(announced(undefined, [reader])[0]?.note).toContain("'Reader' lets in 444455556666");
  });

  test("are an event when they let in more", () => {
    const wider = { ...reader, principals: [...reader.principals, "777788889999"] };
    expect(announced([reader], [wider])).toHaveLength(1);
  });

  test("are none when they are known, or gone", () => {
    expect(announced([reader, open], [open])).toEqual([]);
    expect(announced([reader], [])).toEqual([]);
  });
});
