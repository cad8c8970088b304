import { beforeEach, describe, expect, test } from "vitest";
import { createHistory, type History, MAX_WRITES, type Write } from "./history.ts";
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

test("what was never seen is written", () => {
  expect(history.judge("uid", write)).toBe("Write");
});

describe("within the settle window", () => {
  beforeEach(() => {
    history.wrote("uid", write);
    now += SETTLE_MS - 1;
  });

  test("the old answer is not drift", () => {
    expect(history.judge("uid", write)).toBe("Settling");
    expect(history.judge("uid", structuredClone(write))).toBe("Settling");
  });

  test.each<[string, string, Write]>([
    ["another difference is", "uid", { ...write, changes: [change("other")] }],
    ["another wish is to be written", "uid", { ...write, desired: { rules: [2] } }],
    ["another setting is", "uid", { ...write, name: "policy" }],
    ["another object's is", "other", write],
  ])("%s", (_case, uid, other) => {
    expect(history.judge(uid, other)).toBe("Write");
  });

  test("ends", () => {
    now += 1;
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("a write that did not come about is tried again at once", () => {
    history.failed("uid", write.name);
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("an object that is gone is forgotten", () => {
    history.forget("uid");
    expect(history.judge("uid", write)).toBe("Write");
  });
});

describe("writes that do not last", () => {
  test("are given up after five, and tried again hourly", () => {
    for (let count = 1; count <= MAX_WRITES; count += 1) {
      expect(history.judge("uid", write)).toBe("Write");
      history.wrote("uid", write);
      now += SETTLE_MS;
    }
    for (let hour = 1; hour <= 3; hour += 1) {
      expect(history.judge("uid", write)).toBe("KeepsChanging");
      now += HOUR_MS - SETTLE_MS - 1;
      expect(history.judge("uid", write)).toBe("KeepsChanging");
      now += 1;
      expect(history.judge("uid", write)).toBe("Write");
      history.wrote("uid", write);
      now += SETTLE_MS;
    }
  });

  test("count also where each one is answered by another change", () => {
    for (let count = 0; count < MAX_WRITES; count += 1)
      history.wrote("uid", { ...write, changes: [change(`${count}`)] });
    expect(history.judge("uid", { ...write, changes: [change("yet another")] })).toBe("KeepsChanging");
  });

  test("are forgiven when the spec wants something else", () => {
    writeFiveTimes();
    expect(history.judge("uid", { ...write, desired: "other" })).toBe("Write");
  });

  test("are forgiven when one lasted", () => {
    writeFiveTimes();
    history.inSync("uid", "cors");
    expect(history.judge("uid", write)).toBe("Write");
    history.wrote("uid", write);
    now += SETTLE_MS;
    expect(history.judge("uid", write)).toBe("Write");
  });

  test("are not forgiven because another wish was fulfilled in between, of another setting", () => {
    writeFiveTimes();
    history.inSync("uid", "policy");
    expect(history.judge("uid", write)).toBe("KeepsChanging");
  });

  test("do not count when they fail", () => {
    for (let count = 0; count < MAX_WRITES; count += 1) {
      history.wrote("uid", write);
      history.failed("uid", "cors");
    }
    history.wrote("uid", write);
    now += SETTLE_MS;
    expect(history.judge("uid", write)).toBe("Write");
  });
});

test("a failure that nobody announced, and an object that nobody knew, are no matter", () => {
  history.failed("uid", "cors");
  history.forget("uid");
  expect(history.judge("uid", write)).toBe("Write");
});

describe("a principal that AWS does not know", () => {
  const tryAgain = () => {
    history.wrote("uid", write);
    history.failed("uid", "cors");
    return history.refusedFor("uid", "cors");
  };

  test("is counted from the first refusal on", () => {
    expect(tryAgain()).toBe(0);
    now += 10_000;
    expect(tryAgain()).toBe(10_000);
    now += 5_000;
    expect(tryAgain()).toBe(15_000);
  });

  test("starts anew with another wish", () => {
    tryAgain();
    now += 10_000;
    history.wrote("uid", { ...write, desired: "other" });
    expect(history.refusedFor("uid", "cors")).toBe(0);
  });

  test("starts anew once the write has succeeded", () => {
    tryAgain();
    history.wrote("uid", write);
    history.inSync("uid", "cors");
    now += 10_000;
    expect(tryAgain()).toBe(0);
  });

  test("of a write that nobody announced is no matter", () => {
    expect(history.refusedFor("uid", "cors")).toBe(0);
  });
});

describe("a bucket that was made", () => {
  test("is known until its tags say so, for its object alone", () => {
    history.created("uid", "arn:a");
    expect(history.hasCreated("uid", "arn:a")).toBe(true);
    expect(history.hasCreated("uid", "arn:b")).toBe(false);
    expect(history.hasCreated("other", "arn:a")).toBe(false);
    history.tagged("uid");
    expect(history.hasCreated("uid", "arn:a")).toBe(false);
  });

  test("is forgotten with its object", () => {
    history.created("uid", "arn:a");
    history.forget("uid");
    expect(history.hasCreated("uid", "arn:a")).toBe(false);
  });
});
