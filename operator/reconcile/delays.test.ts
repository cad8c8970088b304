import { expect, test } from "vitest";
import { DELAY_MS } from "./delays.ts";

test.each(Object.entries(DELAY_MS))("%s is between a second and an hour, in whole seconds", (_name, ms) => {
  expect(ms % 1_000).toBe(0);
  expect(ms).toBeGreaterThanOrEqual(1_000);
  expect(ms).toBeLessThanOrEqual(3_600_000);
});
