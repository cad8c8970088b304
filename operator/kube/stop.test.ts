import { expect, test } from "vitest";
import { again, Failed, stalled, waiting } from "./stop.ts";

test("each way to stop, as an outcome and as an error that says why", () => {
  const details = { reason: "R", message: "why" };
  expect(waiting("R", "why", 1).outcome).toEqual({ kind: "waiting", afterMs: 1, ...details });
  expect(again("R", "why", 2).outcome).toEqual({ kind: "again", afterMs: 2, ...details });
  expect(stalled("R", "why", 3).outcome).toEqual({ kind: "terminal", recheckAfterMs: 3, ...details });
  expect(stalled("R", "why")).toMatchObject({ name: "Stop", message: "why" });
  expect(new Failed(details)).toMatchObject({ name: "Failed", message: "why", failure: details });
});

test("what only a person can change is looked at again all the same", () => {
  expect(stalled("R", "why").outcome).toHaveProperty("recheckAfterMs", 600_000);
});
