import fc from "fast-check";
import { defineKit } from "../kit.ts";
import { withUnknown, type Document } from "../rewriting-store.ts";

const period = fc.integer({ min: 1, max: 9 });
const defaultEventHold = fc.oneof(fc.constant({}), fc.record({ days: period }), fc.record({ years: period }));

export const kit = defineKit<"objectLock">({
  arbitrary: fc.oneof(
    fc.record(
      { mode: fc.constant("GOVERNANCE" as const), days: period, defaultEventHold },
      { requiredKeys: ["mode", "days"] },
    ),
    fc.record(
      { mode: fc.constant("COMPLIANCE" as const), years: period, defaultEventHold },
      { requiredKeys: ["mode", "years"] },
    ),
    fc.record({ mode: fc.constant("None" as const), defaultEventHold }, { requiredKeys: ["mode"] }),
  ),
  routes: (store, random) => ({
    PutObjectLockConfigurationCommand: (input) => store.keep("objectLock", input.ObjectLockConfiguration as Document),
    GetObjectLockConfigurationCommand: () => ({
      ObjectLockConfiguration: withUnknown(store.read("objectLock", "ObjectLockConfigurationNotFoundError"), random),
    }),
  }),
  field: "objectLock",
  needs: { versioning: "Enabled" },
  value: () => ({ mode: "GOVERNANCE", days: 30 }),
  other: () => ({ mode: "GOVERNANCE", years: 2 }),
  // Object lock cannot be switched off, only its default retention.
  afterReset: { ObjectLockEnabled: ["Enabled"] },
});
