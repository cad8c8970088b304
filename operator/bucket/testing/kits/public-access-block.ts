import fc from "fast-check";
import { defineKit } from "../kit.ts";
import { sparse, withUnknown, type Document } from "../rewriting-store.ts";

export const kit = defineKit<"publicAccessBlock">({
  arbitrary: fc
    .record(
      {
        blockPublicAcls: fc.boolean(),
        ignorePublicAcls: fc.boolean(),
        blockPublicPolicy: fc.boolean(),
        restrictPublicBuckets: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    .filter((switches) => Object.keys(switches).length > 0),
  routes: (store, random) => ({
    PutPublicAccessBlockCommand: (input) => store.keep("publicAccessBlock", input),
    GetPublicAccessBlockCommand: () => {
      const document = store.read("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration");
      const switches = sparse(document.PublicAccessBlockConfiguration as Document, random);
      return withUnknown({ PublicAccessBlockConfiguration: switches }, random);
    },
  }),
  field: "publicAccessBlock",
  value: () => blocks(true, false),
  other: () => blocks(false, true),
});

function blocks(acls: boolean, policies: boolean) {
  return {
    blockPublicAcls: acls,
    ignorePublicAcls: acls,
    blockPublicPolicy: policies,
    restrictPublicBuckets: policies,
  };
}
