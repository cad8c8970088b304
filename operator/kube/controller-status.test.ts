import { describe, expect, test } from "vitest";
import { controllerHarness, Denied, DONE } from "./testing/controller-harness.ts";
import { settle } from "./testing/manual-clock.ts";
import { refusal } from "./testing/memory-client.ts";
import { widget, type Widget } from "./testing/objects.ts";

describe("status write", () => {
  test("the status write contains the draft status of the reconcile", async () => {
    const { start, apply, status, conditions } = controllerHarness();
    start(async ({ status: draft, setCondition }) => {
      draft.size = 7;
      setCondition({ type: "KeyUsable", status: "True", reason: "KeyEnabled", message: "" });
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(status()).toMatchObject({ size: 7 });
    expect(conditions()).toEqual(["Ready=True Succeeded", "KeyUsable=True KeyEnabled"]);
  });

  test("the status write is retried with backoff until it succeeds", async () => {
    const { clock, client, events, seen, start, apply, conditions } = controllerHarness();
    let failures = 3;
    client.interfere = ({ subresource }) => {
      if (subresource === "status" && (failures -= 1) >= 0) throw refusal(500, "InternalError");
    };
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    expect(events).toEqual([]);
    await clock.advance(10_000);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toHaveLength(4);
    expect(events).toHaveLength(1);
  });

  test.each([
    [422, "Invalid"],
    [403, "Forbidden"],
  ])("a status that the server refuses with %i is an event, and a line in the log", async (code, reason) => {
    const { client, events, testLog, start, apply, conditions } = controllerHarness();
    client.interfere = ({ subresource }) => {
      if (subresource === "status") throw refusal(code, reason);
    };
    start(async () => {
      throw new Denied();
    });
    apply(widget("a"));
    await settle();
    expect(conditions()).toEqual([]);
    expect(events).toEqual([
      {
        type: "Warning",
        reason,
        action: "UpdateStatus",
        note: `The status could not be written: test: ${code} ${reason}: refused. The status would be AccessDenied: s3:PutObject is missing`,
      },
    ]);
    expect(JSON.stringify(testLog.lines)).toContain("Status could not be written");
  });

  test("the status write can be repeated when its response is lost", async () => {
    const { clock, client, start, apply, conditions } = controllerHarness();
    client.interfere = () => {
      client.interfere = undefined;
      return Promise.resolve("lost");
    };
    start(async () => DONE);
    apply(widget("a"));
    await clock.advance(10_000);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
  });

  test("the status write has its own deadline, after which the key is free again", async () => {
    const { clock, client, start, apply, conditions } = controllerHarness();
    client.interfere = ({ subresource }, signal) => {
      client.interfere = undefined;
      return subresource === "status"
        ? new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason as Error));
          })
        : undefined;
    };
    start(async () => DONE);
    apply(widget("a"));
    await clock.advance(20_000);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
  });

  test("the status write is skipped when the object is gone", async () => {
    const { clock, store, seen, start, forget, apply, statusWrites } = controllerHarness();
    start(async () => {
      forget(store.list()[0] as Widget);
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(60_000);
    expect(statusWrites()).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

describe("progress", () => {
  test("progress is written once before the work, and then replaced by the outcome", async () => {
    const { events, start, apply, status, conditions, statusWrites } = controllerHarness();
    const before: string[][] = [];
    start(async ({ progress, status: draft }) => {
      draft.size = 3;
      await progress("Creating", "Creating the bucket.");
      before.push(conditions());
      await progress("Creating", "Creating the bucket.");
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(before).toEqual([["Reconciling=True Progressing", "Ready=Unknown Creating"]]);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(status()).toMatchObject({ size: 3 });
    expect(statusWrites()).toHaveLength(2);
    expect(events).toMatchObject([{ reason: "Succeeded" }]);
  });

  test("progress does not replace the reason of a failure, and is not written again at each try", async () => {
    const { clock, events, seen, start, apply, conditions, statusWrites } = controllerHarness();
    start(async ({ progress }) => {
      await progress("Creating", "Creating the bucket.");
      throw new Denied();
    });
    apply(widget("a"));
    for (let i = 0; i < 4; i += 1) await clock.advance(60_000);
    expect(seen.length).toBeGreaterThan(5);
    expect(statusWrites()).toHaveLength(2);
    expect(conditions()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False AccessDenied"]);
    for (let i = 0; i < 10; i += 1) await clock.advance(60_000);
    expect(statusWrites()).toHaveLength(3);
    expect(conditions()).toEqual(["Stalled=True AccessDenied", "Ready=False AccessDenied"]);
    expect(events).toHaveLength(1);
  });

  test("progress throws when the object is gone, so that nothing is created for it", async () => {
    const { clock, store, start, apply } = controllerHarness();
    let created = false;
    start(async ({ progress }) => {
      store.remove(store.list()[0] as Widget);
      await progress("Creating", "Creating the bucket.");
      created = true;
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(60_000);
    expect(created).toBe(false);
  });
});
