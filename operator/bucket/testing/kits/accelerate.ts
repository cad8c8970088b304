import fc from "fast-check";
import { defineKit } from "../kit.ts";
import { single } from "../rewriting-store.ts";

export const kit = defineKit<"accelerate">({
  arbitrary: fc.constantFrom("Enabled", "Suspended"),
  routes: (store, random) =>
    single(store, random, { name: "AccelerateConfiguration", byDefault: { Status: "Suspended" } }),
  closed: "All",
  field: "accelerate",
  value: () => "Enabled",
  other: () => "Suspended",
  // A bucket cannot return to the state in which it was never set.
  afterReset: "Suspended",
});
