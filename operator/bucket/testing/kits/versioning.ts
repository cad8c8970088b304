import fc from "fast-check";
import { defineKit } from "../kit.ts";
import type { Document } from "../rewriting-store.ts";

export const kit = defineKit<"versioning">({
  arbitrary: fc.constantFrom("Enabled", "Suspended"),
  routes: (store) => ({
    PutBucketVersioningCommand: (input) => store.keep("versioning", input.VersioningConfiguration as Document),
    GetBucketVersioningCommand: () => store.find("versioning") ?? {},
  }),
  closed: "All",
  field: "versioning",
  value: () => "Enabled",
  other: () => "Suspended",
  // A bucket cannot return to the state in which it was never set.
  afterReset: "Suspended",
});
