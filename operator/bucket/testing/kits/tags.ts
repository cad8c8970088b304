import fc from "fast-check";
import { word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";

export const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), word, { maxKeys: 6 });

export const kit = defineKit<"tags">({
  arbitrary: tags,
  routes: (store, random) => ({
    TagResourceCommand: ({ Tags }) => {
      const added = (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value] as const);
      store.keep("tags", { ...store.find("tags"), ...Object.fromEntries(added) });
    },
    UntagResourceCommand: ({ TagKeys }) => {
      const left = Object.entries(store.find("tags") ?? {}).filter(([key]) => !(TagKeys as string[]).includes(key));
      store.keep("tags", Object.fromEntries(left));
    },
    ListTagsForResourceCommand: () => {
      const all = Object.entries({ ...store.find("tags"), "aws:cloudformation:stack-name": "theirs" });
      return { Tags: random.shuffled(all).map(([Key, Value]) => ({ Key, Value })) };
    },
  }),
  field: "tags",
  value: () => ({ team: "documents", env: "prod" }),
  // The same keys, because a key that is no longer declared may belong to another tool.
  other: () => ({ team: "archive", env: "test" }),
});
