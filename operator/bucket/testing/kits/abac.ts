import { onOff } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { single } from "../rewriting-store.ts";

export const kit = defineKit<"abac">({
  arbitrary: onOff,
  routes: (store, random) =>
    single(store, random, {
      name: "Abac",
      member: "AbacStatus",
      byDefault: { Status: "Disabled" },
      answer: (AbacStatus) => ({ AbacStatus }),
    }),
  closed: "All",
  field: "abac",
  value: () => "Enabled",
  other: () => "Disabled",
});
