import { describe, expect, test } from "vitest";
import type { Drift } from "../api/types.ts";
import type { EventDetail } from "../kube/events.ts";
import { MAX_VALUE, show } from "./change.ts";
import { announceCorrection, announceWrites, statusChanges } from "./drift.ts";
import type { Part, PartResult, PartState } from "./part.ts";
import { change, partOf, resultOf } from "./testing/parts.ts";

const EARLIER = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-01T00:10:00.000Z";
const cors = partOf("cors", { changes: [change("rules[a]")] });
const drift: Drift = { lastDetectedTime: EARLIER, changes: [{ setting: "cors", path: "rules[a]" }] };

function recording(status: { drift?: Drift } = {}) {
  const events: EventDetail[] = [];
  const progress: [string, string][] = [];
  const drifts: string[] = [];
  return {
    events,
    progress,
    drifts,
    status,
    dependencies: { now: () => Date.parse(NOW), onDrift: (name: string) => void drifts.push(name) },
    context: {
      status,
      event: (detail: EventDetail) => void events.push(detail),
      progress: async (...detail: [string, string]) => void progress.push(detail),
    },
  };
}

async function announce(toWrite: Part[], drifted: Part[]) {
  const record = recording();
  await announceWrites(record.dependencies, record.context, toWrite, drifted);
  return record;
}

describe("announceWrites", () => {
  test("announces nothing when there are no writes", async () => {
    const { progress, events, status } = await announce([], []);
    expect([progress, events, status]).toEqual([[], [], {}]);
  });

  test("announces progress when the declaration is new", async () => {
    const { progress, events, status } = await announce([cors, partOf("tags")], []);
    expect(progress).toEqual([["Applying", "Applying cors, tags"]]);
    expect([events, status]).toEqual([[], {}]);
  });

  test("announces drift when another actor changed a part that was in sync", async () => {
    const { progress, events, status, drifts } = await announce([cors, partOf("tags")], [cors, partOf("tags")]);
    const note = "Drift detected: cors.rules[a], tags";
    expect(progress).toEqual([["DriftDetected", note]]);
    expect(events).toMatchObject([{ type: "Warning", reason: "DriftDetected", note }]);
    expect(drifts).toEqual(["cors", "tags"]);
    expect(status.drift).toMatchObject({ lastDetectedTime: NOW });
    expect(status.drift?.changes?.[0]).toEqual({ setting: "cors", path: "rules[a]", desired: "a", actual: "b" });
  });
});

describe("announceCorrection", () => {
  function correct(before: Drift | undefined, results: PartResult[]) {
    const record = recording(before && { drift: before });
    announceCorrection(record.dependencies, record.context, results);
    return { ...record, correctedAt: record.status.drift?.lastCorrectedTime };
  }
  const result = (state: PartState) => [resultOf(cors, state)];

  test("announces a correction when the part is in sync", () => {
    const { correctedAt, events } = correct(drift, result("InSync"));
    expect(correctedAt).toBe(NOW);
    expect(events).toMatchObject([
      { type: "Normal", reason: "DriftCorrected", note: "Drift corrected: cors.rules[a]" },
    ]);
  });

  test.each(["Settling", "Failed", "KeepsChanging", "Planned", "Held", "Skipped"] as const)(
    "announces no correction while the part is %s",
    (state) => {
      const { correctedAt, events } = correct(drift, result(state));
      expect([correctedAt, events]).toEqual([undefined, []]);
    },
  );

  test("announces a correction when another part has failed", () => {
    expect(correct(drift, [...result("InSync"), resultOf(partOf("policy"), "Failed")]).correctedAt).toBe(NOW);
  });

  test("announces a correction only once", () => {
    expect(correct({ ...drift, lastCorrectedTime: NOW }, result("InSync")).events).toEqual([]);
  });

  test("announces a correction again when the part has drifted again", () => {
    const again = { ...drift, lastDetectedTime: "2026-01-01T00:05:00.000Z", lastCorrectedTime: EARLIER };
    expect(correct(again, result("InSync")).correctedAt).toBe(NOW);
  });

  test("announces no correction when nothing drifted", () => {
    expect(correct(undefined, result("InSync")).status).toEqual({});
  });

  test("announces a correction when a lost bucket exists again", () => {
    const gone: Drift = { lastDetectedTime: EARLIER, changes: [{ setting: "bucket", path: "", desired: "docs" }] };
    expect(correct(gone, result("InSync")).correctedAt).toBe(NOW);
  });
});

describe("statusChanges", () => {
  test("cuts changes to the bounds of the CRD", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => change(`rules[${index}]`));
    const long = change("x".repeat(600), show("y".repeat(600)), show(["z".repeat(600)]));
    const changes = statusChanges([partOf("lifecycle", { changes: [long, ...many] }), partOf("cors")], 20);
    expect(changes).toHaveLength(20);
    expect(changes[0]?.path).toHaveLength(512);
    expect(changes[0]?.desired).toHaveLength(MAX_VALUE);
    expect(changes[0]?.actual).toHaveLength(MAX_VALUE);
  });

  test("names the setting of each change, and omits empty values", () => {
    const parts = [
      partOf("versioning", { changes: [change("", "Enabled", "")] }),
      partOf("lifecycle", { changes: [change("rules[a]", "", "{}")] }),
    ];
    expect(statusChanges(parts, 20)).toEqual([
      { setting: "versioning", path: "", desired: "Enabled" },
      { setting: "lifecycle", path: "rules[a]", actual: "{}" },
    ]);
  });
});
