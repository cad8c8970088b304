import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("gives so many turns at a time, and reuses returned ones", () => {
  const takeTurn = createTurns(2);
  const first = takeTurn();
  expect(first).toBeDefined();
  expect(takeTurn()).toBeDefined();
  expect(takeTurn()).toBeUndefined();
  first?.[Symbol.dispose]();
  expect(takeTurn()).toBeDefined();
  expect(takeTurn()).toBeUndefined();
});
