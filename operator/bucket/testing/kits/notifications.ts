import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { byId, keepOrRemove, onOff, optional, prefix, some, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { single, withUnknown, type Document } from "../rewriting-store.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
type Entry<List extends keyof Spec> = NonNullable<Spec[List]> extends readonly (infer Item)[] ? Item : never;

const EVENTS: ["s3:ObjectCreated:*"] = ["s3:ObjectCreated:*"];

const common = {
  id: word,
  events: some(fc.constantFrom("s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:LifecycleTransition")),
  filter: fc.oneof(fc.record({ prefix }), fc.record({ suffix: prefix }), fc.record({ prefix, suffix: prefix })),
};

export const kit = defineKit<"notifications">({
  arbitrary: optional<Spec>({
    queues: byId(
      optional<Entry<"queues">>({ ...common, queueArn: fc.constant("arn:aws:sqs:eu-central-1:111122223333:q") }, [
        "id",
        "events",
        "queueArn",
      ]),
    ),
    topics: byId(
      optional<Entry<"topics">>({ ...common, topicArn: fc.constant("arn:aws:sns:eu-central-1:111122223333:t") }, [
        "id",
        "events",
        "topicArn",
      ]),
    ),
    lambdaFunctions: byId(
      optional<Entry<"lambdaFunctions">>(
        { ...common, lambdaFunctionArn: fc.constant("arn:aws:lambda:eu-central-1:111122223333:function:f") },
        ["id", "events", "lambdaFunctionArn"],
      ),
    ),
    eventBridge: onOff,
    unmanagedConfigurations: keepOrRemove,
  }),
  routes: (store, random) => single(store, random, { name: "NotificationConfiguration", answer: rewritten }),
  field: "notifications",
  value: ({ queueArn }) => ({ queues: [{ id: "uploads", queueArn, events: EVENTS, filter: { prefix: "uploads/" } }] }),
  other: ({ queueArn, topicArn }) => ({
    queues: [{ id: "uploads", queueArn, events: ["s3:ObjectRemoved:*"] }],
    topics: [{ id: "pages", topicArn, events: EVENTS }],
    eventBridge: "Enabled",
  }),
  // A configuration without entries remains.
  afterReset: "",
});

function rewritten({ EventBridgeConfiguration, ...lists }: Document, random: Random): Document {
  const entries = Object.entries(lists).map(([name, list]) => {
    if (!Array.isArray(list)) return [name, list] as const;
    return [name, random.shuffled(list as Document[]).map((entry) => rewrittenEntry(entry, random))] as const;
  });
  return {
    ...Object.fromEntries(entries),
    ...(EventBridgeConfiguration !== undefined && { EventBridgeConfiguration }),
  };
}

/** S3 writes the names of filter rules with a capital. */
function rewrittenEntry(entry: Document, random: Random): Document {
  const { Filter, Events, ...rest } = entry as { Filter?: { Key: { FilterRules: Document[] } }; Events: unknown[] };
  const rules = random.shuffled(Filter?.Key.FilterRules ?? []).map(({ Name, Value }) => {
    return { Name: random.coin() ? Name : (Name as string).replace(/^./, (first) => first.toUpperCase()), Value };
  });
  const none = random.coin() ? {} : { Filter: { Key: { FilterRules: [] } } };
  return withUnknown(
    {
      ...rest,
      Events: random.shuffled(Events),
      ...(rules.length > 0 ? { Filter: { Key: { FilterRules: rules } } } : none),
    },
    random,
  );
}
