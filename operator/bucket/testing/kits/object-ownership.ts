import fc from "fast-check";
import { defineKit } from "../kit.ts";
import { withUnknown } from "../rewriting-store.ts";

export const kit = defineKit<"objectOwnership">({
  arbitrary: fc.constantFrom("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
  routes: (store, random) => ({
    PutBucketOwnershipControlsCommand: (input) => store.keep("ownership", input),
    GetBucketOwnershipControlsCommand: () =>
      withUnknown(store.read("ownership", "OwnershipControlsNotFoundError"), random),
  }),
  closed: "All",
  field: "ownershipControls",
  value: () => "BucketOwnerPreferred",
  other: () => "ObjectWriter",
});
