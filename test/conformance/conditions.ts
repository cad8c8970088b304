import { expect } from "vitest";
import type { StatusObject } from "../../operator/kube/object.ts";
import { kstatus } from "./kstatus.ts";

/**
 * Rules that every status ever written must obey: those of Flux's condition checker
 * (https://github.com/fluxcd/pkg/tree/main/runtime/conditions/check), and that nobody takes an object for ready that does not say so.
 */
export function expectSoundStatus(object: StatusObject): void {
  const { metadata, status } = object;
  if (status?.conditions === undefined) {
    expect(kstatus(object), "an object that nobody has looked at is not ready").not.toBe("Current");
    return;
  }
  const named = new Map(status.conditions.map((condition) => [condition.type, condition]));
  const [ready, reconciling, stalled] = ["Ready", "Reconciling", "Stalled"].map((type) => named.get(type));
  const context = JSON.stringify(status.conditions);

  expect(named.size, `each type once: ${context}`).toBe(status.conditions.length);
  expect(ready, `Ready is always there: ${context}`).toBeDefined();
  expect(reconciling?.status ?? "True", `Reconciling only while True: ${context}`).toBe("True");
  expect(stalled?.status ?? "True", `Stalled only while True: ${context}`).toBe("True");
  expect(reconciling !== undefined && stalled !== undefined, `never both: ${context}`).toBe(false);
  const abnormal = reconciling !== undefined || stalled !== undefined;
  expect(ready?.status === "True", `Ready=True exactly when nothing is abnormal: ${context}`).toBe(!abnormal);
  if (stalled !== undefined) expect(ready?.reason, `one reason for both: ${context}`).toBe(stalled.reason);
  expect(status.observedGeneration ?? 0).toBeLessThanOrEqual(metadata.generation ?? 0);
  for (const condition of status.conditions) {
    expect(condition.observedGeneration ?? 0).toBeLessThanOrEqual(metadata.generation ?? 0);
    expect(condition.reason, context).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    expect(condition.message, `a message for people: ${context}`).not.toBe("");
    expect(condition.lastTransitionTime, context).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
}
