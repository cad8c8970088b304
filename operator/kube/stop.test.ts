import { expect, test } from "vitest";
import { again, Failed, stalled, waiting } from "./stop.ts";

test("each way to stop, as an outcome and as an error that says why", () => {
  const details = { reason: "R", message: "why" };
  expect(waiting("R", "why", 1).outcome).toEqual({ kind: "waiting", afterMs: 1, ...details });
  expect(again("R", "why", 2).outcome).toEqual({ kind: "again", afterMs: 2, ...details });
  expect(stalled("R", "why", 3).failure).toEqual({ terminal: true, retryAfterMs: 3, ...details });
  expect(stalled("R", "why").failure).toEqual({ terminal: true, ...details });
  expect(waiting("R", "why", 1)).toMatchObject({ name: "Stop", message: "why" });
  expect(new Failed(details)).toMatchObject({ name: "Failed", message: "why", failure: details });
});
