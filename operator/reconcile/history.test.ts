import { beforeEach, describe, expect, test } from "vitest";
import { createHistory, MAX_WRITES, type History, type Write } from "./history.ts";
import { change } from "./testing/parts.ts";

const SETTLE_MS = 60_000;
const HOUR_MS = 3_600_000;
const write: Write = { name: "cors", desired: { rules: [1] }, changes: [change("rules")] };

let now: number;
let history: History;

beforeEach(() => {
  now = 1_000_000;
  history = createHistory(() => now, SETTLE_MS);
});

function writeFiveTimes(): void {
  for (let count = 0; count < MAX_WRITES; count += 1) {
    history.wrote("uid", write);
    now += SETTLE_MS;
  }
}

test("judge returns Write without a recorded write", () => {
  expect(history.judge("uid", write)).toBe("Write");
});

describe("judge within the settle window", () => {
  beforeEach(() => {
    history.wrote("uid", write);
    now += SETTLE_MS - 1;
  });

  test("returns Settling when AWS still shows the old value", () => {
    expect(history.judge("uid", write)).toBe("Settling");
    expect(history.judge("uid", structuredClone(write))).toBe("Settling");
  });

  test.each<[string, string, Write]>([
    ["another difference", "uid", { ...write, changes: [change("other")] }],
    ["another desired value", "uid", { ...write, desired: { rules: [2] } }],
    ["another setting", "uid", { ...write, name: "policy" }],
    ["another object", "other", write],
  ])("returns Write for %s", (_case, uid, other) => {
    expect(history.judge(uid, other)).toBe("Write");
  });

  test("returns Write at the end of the window", () => {
    now += 1;
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("returns Write at once after a failed write", () => {
    history.failed("uid", write.name);
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("returns Write after the object was forgotten", () => {
    history.forget("uid");
    expect(history.judge("uid", write)).toBe("Write");
  });
});

describe("judge after writes that do not last", () => {
  test("returns NotKept after five writes, and Write again every hour", () => {
    for (let count = 1; count <= MAX_WRITES; count += 1) {
      expect(history.judge("uid", write)).toBe("Write");
      history.wrote("uid", write);
      now += SETTLE_MS;
    }
    for (let hour = 1; hour <= 3; hour += 1) {
      expect(history.judge("uid", write)).toBe("NotKept");
      now += HOUR_MS - SETTLE_MS - 1;
      expect(history.judge("uid", write)).toBe("NotKept");
      now += 1;
      expect(history.judge("uid", write)).toBe("Write");
      history.wrote("uid", write);
      now += SETTLE_MS;
    }
  });

  test("returns NotKept without a wait for reads that see each write at once", () => {
    for (let count = 0; count < MAX_WRITES; count += 1) {
      expect(history.judge("uid", { ...write, isConsistent: true })).toBe("Write");
      history.wrote("uid", write);
    }
    expect(history.judge("uid", { ...write, isConsistent: true })).toBe("NotKept");
    expect(history.judge("uid", write)).toBe("Settling");
  });

  test("returns KeepsChanging if a read has shown the desired value", () => {
    writeFiveTimes();
    history.confirmed("uid", "other");
    expect(history.judge("uid", write)).toBe("NotKept");
    history.confirmed("uid", "cors");
    expect(history.judge("uid", write)).toBe("KeepsChanging");
    history.wrote("uid", { ...write, desired: "other" });
    history.wrote("uid", write);
    writeFiveTimes();
    expect(history.judge("uid", write), "another desired value in between").toBe("NotKept");
  });

  test("returns KeepsChanging after writes that a first read found in place", () => {
    history.wrote("uid", write);
    history.inSync("uid", "cors");
    writeFiveTimes();
    expect(history.judge("uid", write)).toBe("KeepsChanging");
  });

  test("counts writes that are each followed by another difference", () => {
    for (let count = 0; count < MAX_WRITES; count += 1)
      history.wrote("uid", { ...write, changes: [change(`${count}`)] });
    expect(history.judge("uid", { ...write, changes: [change("yet another")] })).toBe("NotKept");
  });

  test("starts again when the desired value changes", () => {
    writeFiveTimes();
    expect(history.judge("uid", { ...write, desired: "other" })).toBe("Write");
  });

  test("starts again when a write has lasted", () => {
    writeFiveTimes();
    history.inSync("uid", "cors");
    expect(history.judge("uid", write)).toBe("Write");
    history.wrote("uid", write);
    now += SETTLE_MS;
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("does not start again when another setting is in sync", () => {
    writeFiveTimes();
    history.inSync("uid", "policy");
    expect(history.judge("uid", write)).toBe("NotKept");
  });

  test("does not count failed writes", () => {
    for (let count = 0; count < MAX_WRITES; count += 1) {
      history.wrote("uid", write);
      history.failed("uid", "cors");
    }
    history.wrote("uid", write);
    now += SETTLE_MS;
    expect(history.judge("uid", write)).toBe("Write");
  });
});

test("failed, confirmed and forget do nothing without a recorded write", () => {
  history.confirmed("uid", "cors");
  history.failed("uid", "cors");
  history.forget("uid");
  expect(history.judge("uid", write)).toBe("Write");
});

describe("refusedFor", () => {
  const refuse = () => {
    history.wrote("uid", write);
    history.failed("uid", "cors");
    return history.refusedFor("uid", "cors");
  };

  test("counts from the first refusal", () => {
    expect(refuse()).toBe(0);
    now += 10_000;
    expect(refuse()).toBe(10_000);
    now += 5_000;
    expect(refuse()).toBe(15_000);
  });

  test("starts again with another desired value", () => {
    refuse();
    now += 10_000;
    history.wrote("uid", { ...write, desired: "other" });
    expect(history.refusedFor("uid", "cors")).toBe(0);
  });

  test("starts again after a write has succeeded", () => {
    refuse();
    history.wrote("uid", write);
    history.inSync("uid", "cors");
    now += 10_000;
    expect(refuse()).toBe(0);
  });

  test("returns 0 without a recorded write", () => {
    expect(history.refusedFor("uid", "cors")).toBe(0);
  });
});

describe("hasCreated", () => {
  test("returns true for that object and bucket until the bucket is tagged", () => {
    history.created("uid", "arn:a");
    expect(history.hasCreated("uid", "arn:a")).toBe(true);
    expect(history.hasCreated("uid", "arn:b")).toBe(false);
    expect(history.hasCreated("other", "arn:a")).toBe(false);
    history.tagged("uid");
    expect(history.hasCreated("uid", "arn:a")).toBe(false);
  });

  test("returns false after the object was forgotten", () => {
    history.created("uid", "arn:a");
    history.forget("uid");
    expect(history.hasCreated("uid", "arn:a")).toBe(false);
  });
});
