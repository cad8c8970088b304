import { expect } from "vitest";
import type { StatusObject } from "../../operator/kube/object.ts";
import { kstatus } from "./kstatus.ts";

/**
 * Checks the rules for every status: those of Flux's condition checker
 * (https://github.com/fluxcd/pkg/tree/main/runtime/conditions/check), and that no tool takes an object for ready before
 * its status says so.
 */
export function expectSoundStatus(object: StatusObject): void {
  const { metadata, status } = object;
  if (status?.conditions === undefined) {
    expect(kstatus(object), "an object without a status is not ready").not.toBe("Current");
    return;
  }
  const named = new Map(status.conditions.map((condition) => [condition.type, condition]));
  const [ready, reconciling, stalled] = ["Ready", "Reconciling", "Stalled"].map((type) => named.get(type));
  const context = JSON.stringify(status.conditions);

  expect(named.size, `each type appears once: ${context}`).toBe(status.conditions.length);
  expect(ready, `Ready is always present: ${context}`).toBeDefined();
  expect(reconciling?.status ?? "True", `Reconciling is absent unless True: ${context}`).toBe("True");
  expect(stalled?.status ?? "True", `Stalled is absent unless True: ${context}`).toBe("True");
  expect(
    reconciling !== undefined && stalled !== undefined,
    `Reconciling and Stalled exclude each other: ${context}`,
  ).toBe(false);
  const abnormal = reconciling !== undefined || stalled !== undefined;
  expect(ready?.status === "True", `Ready=True exactly when nothing is abnormal: ${context}`).toBe(!abnormal);
  if (stalled !== undefined)
    expect(ready?.reason, `Ready and Stalled have the same reason: ${context}`).toBe(stalled.reason);
  expect(status.observedGeneration ?? 0).toBeLessThanOrEqual(metadata.generation ?? 0);
  for (const condition of status.conditions) {
    expect(condition.observedGeneration ?? 0).toBeLessThanOrEqual(metadata.generation ?? 0);
    expect(condition.reason, context).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    expect(condition.message, `each condition has a message: ${context}`).not.toBe("");
    expect(condition.lastTransitionTime, context).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
}
