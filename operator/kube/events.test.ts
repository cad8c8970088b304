import { beforeEach, describe, expect, test } from "vitest";
import { createEventRecorder, EVENTS, type EventDetail, type EventRecorder } from "./events.ts";
import type { KubeObject } from "./object.ts";
import { createTestLog } from "./testing/log.ts";
import { createManualClock, type ManualClock } from "./testing/manual-clock.ts";
import { createMemoryClient, refusal, type MemoryClient } from "./testing/memory-client.ts";
import { widget } from "./testing/objects.ts";

type Event = KubeObject & { note: string; series?: { count: number; lastObservedTime: string } };

let clock: ManualClock;
let client: MemoryClient;
let recorder: EventRecorder;
const events = () => client.all(EVENTS) as unknown as Event[];
const denied: EventDetail = {
  type: "Warning",
  reason: "AccessDenied",
  action: "Reconcile",
  note: "s3:PutObject is missing",
};

beforeEach(() => {
  clock = createManualClock();
  client = createMemoryClient();
  recorder = createEventRecorder({
    client,
    reportingController: "example.org/operator",
    reportingInstance: "operator-0",
    clock,
    log: createTestLog().log,
  });
});

test("an event has all fields that the API server requires", async () => {
  recorder.record(widget("a"), { ...denied, related: widget("b") });
  await recorder.flush();
  expect(events()[0]).toMatchObject({
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { namespace: "default", name: expect.stringMatching(/^a\.[0-9a-f]{16}$/) as string },
    eventTime: "2026-01-01T00:00:00.000000Z",
    reportingController: "example.org/operator",
    reportingInstance: "operator-0",
    type: "Warning",
    reason: "AccessDenied",
    action: "Reconcile",
    note: "s3:PutObject is missing",
    regarding: { apiVersion: "example.org/v1", kind: "Widget", namespace: "default", name: "a", uid: "uid-of-a" },
    related: { name: "b" },
  });
  expect(events()[0]).not.toHaveProperty("series");
});

test("a hundred equal events become one with a count of 100", async () => {
  for (let i = 0; i < 100; i += 1) {
    recorder.record(widget("a"), denied);
    await clock.advance(5_000);
  }
  await recorder.flush();
  expect(events().map(({ series }) => series)).toEqual([
    { count: 100, lastObservedTime: "2026-01-01T00:08:15.000000Z" },
  ]);
  // Writes the second repeat at once, then once a minute, then the rest at the end.
  expect(client.calls.filter(({ verb }) => verb === "patch").length).toBeLessThanOrEqual(11);
});

test("an event after ten minutes, with another note or for another object is a new one", async () => {
  recorder.record(widget("a"), denied);
  await clock.advance(600_001);
  recorder.record(widget("a"), denied);
  recorder.record(widget("a"), { ...denied, note: "another" });
  recorder.record(widget("b"), denied);
  await recorder.flush();
  expect(events()).toHaveLength(4);
});

test("a repeated event that the server deleted is created again", async () => {
  recorder.record(widget("a"), denied);
  await recorder.flush();
  const first = events()[0] as Event;
  await client.delete(EVENTS, first.metadata);
  recorder.record(widget("a"), denied);
  await recorder.flush();
  recorder.record(widget("a"), denied);
  await recorder.flush();
  expect(events()).toHaveLength(1);
});

describe("limits", () => {
  test("an object gets a burst of 25 events, then one in five minutes; other objects are not affected", async () => {
    for (let i = 0; i < 100; i += 1) recorder.record(widget("a"), { ...denied, note: `note ${i}` });
    recorder.record(widget("b"), denied);
    await recorder.flush();
    expect(events()).toHaveLength(26);
    await clock.advance(300_000);
    for (let i = 100; i < 200; i += 1) recorder.record(widget("a"), { ...denied, note: `note ${i}` });
    await recorder.flush();
    expect(events()).toHaveLength(27);
  });

  test("a note is cut to 1,024 bytes, between characters", async () => {
    recorder.record(widget("a"), { ...denied, note: "€".repeat(2_000) });
    await recorder.flush();
    const note = events()[0]?.note ?? "";
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^€{330,}\.\.\.$/);
  });

  test("a long name is cut before the suffix", async () => {
    recorder.record(widget(`${"a".repeat(229)}.${"b".repeat(23)}`), denied);
    await recorder.flush();
    expect(events()[0]?.metadata.name).toMatch(/^a{229}\.[0-9a-f]{16}$/);
  });

  test("the number of waiting events is limited", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    client.interfere = () => promise;
    for (let i = 0; i < 5_000; i += 1) recorder.record(widget(`w${i}`), denied);
    resolve();
    await recorder.flush();
    expect(events()).toHaveLength(1_000);
  });

  test("a server that hangs takes five seconds per event, and at most ten per flush", async () => {
    client.interfere = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      });
    for (let i = 0; i < 10; i += 1) recorder.record(widget(`w${i}`), denied);
    const flushed = recorder.flush();
    await clock.advance(5_000);
    expect(client.calls).toHaveLength(2);
    await clock.advance(5_000);
    await flushed;
  });
});

test("the event of a cluster-scoped object is in the namespace default", async () => {
  const { namespace: _, ...metadata } = widget("a").metadata;
  recorder.record({ ...widget("a"), metadata }, denied);
  await recorder.flush();
  expect(events()[0]?.metadata.namespace).toBe("default");
});

test("a rejected event is dropped without an error, and the next one is sent", async () => {
  client.interfere = () => Promise.reject(refusal(403, "Forbidden"));
  recorder.record(widget("a"), denied);
  await recorder.flush();
  client.interfere = undefined;
  recorder.record(widget("a"), denied);
  await recorder.flush();
  expect(events()).toHaveLength(1);
});
