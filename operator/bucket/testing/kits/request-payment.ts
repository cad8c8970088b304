import fc from "fast-check";
import { defineKit } from "../kit.ts";
import { single } from "../rewriting-store.ts";

export const kit = defineKit<"requestPayment">({
  arbitrary: fc.constantFrom("BucketOwner", "Requester"),
  routes: (store, random) =>
    single(store, random, {
      name: "RequestPayment",
      member: "RequestPaymentConfiguration",
      byDefault: { Payer: "BucketOwner" },
    }),
  closed: "All",
  field: "requestPayer",
  value: () => "Requester",
  other: () => "BucketOwner",
});
