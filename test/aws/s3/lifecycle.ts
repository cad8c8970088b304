/** Lifecycle configurations: FACTS.md#s3-lifecycle. */

import type { Reply } from "../http.ts";
import type { Normalisations } from "../normalise.ts";
import type { Bucket, Lifecycle, World } from "../state.ts";
import { child, childrenNamed, element, type XmlElement } from "../xml.ts";
import { checkLifecycleRules } from "./lifecycle-rules.ts";
import {
  absent,
  configurationReply,
  invalidRequest,
  requestDocument,
  type Exchange,
  type Subresource,
} from "./route.ts";

const MINIMUM_SIZE_HEADER = "x-amz-transition-default-minimum-object-size";
const MINIMUM_SIZES = new Set(["all_storage_classes_128K", "varies_by_storage_class"]);

export const lifecycle: Subresource = {
  name: "lifecycle",
  level: "bucket",
  query: "lifecycle",
  methods: {
    GET: {
      operation: "GetBucketLifecycleConfiguration",
      action: "s3:GetLifecycleConfiguration",
      write: false,
      handle: getLifecycle,
    },
    PUT: {
      operation: "PutBucketLifecycleConfiguration",
      action: "s3:PutLifecycleConfiguration",
      write: true,
      headers: [MINIMUM_SIZE_HEADER],
      handle: putLifecycle,
    },
    DELETE: {
      operation: "DeleteBucketLifecycle",
      action: "s3:PutLifecycleConfiguration",
      write: true,
      handle: (bucket, { world }) => {
        replace(bucket, undefined, world);
        return { status: 204 };
      },
    },
  },
};

function getLifecycle(bucket: Bucket, exchange: Exchange): Reply {
  const { normalise, world } = exchange;
  const shown = isOldAnswer(bucket, normalise, world) ? bucket.lifecycleBefore?.value : bucket.lifecycle;
  if (shown === undefined) {
    throw absent("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", bucket);
  }
  const document = withPrefixForm(shown.document, normalise.lifecyclePrefixForm);
  return configurationReply(exchange, document, { [MINIMUM_SIZE_HEADER]: shown.transitionDefaultMinimumObjectSize });
}

function putLifecycle(bucket: Bucket, { request, world }: Exchange): Reply {
  // A write without the header resets it to the default: FACTS.md#s3-lifecycle.
  const minimumSize = request.headers[MINIMUM_SIZE_HEADER] ?? "all_storage_classes_128K";
  if (!MINIMUM_SIZES.has(minimumSize)) throw invalidRequest("Invalid TransitionDefaultMinimumObjectSize found");
  const document = requestDocument(request, "LifecycleConfiguration");
  checkLifecycleRules(childrenNamed(document, "Rule"));
  const named = withIds(document, world);
  replace(bucket, { document: named, transitionDefaultMinimumObjectSize: minimumSize }, world);
  return { status: 200, headers: { [MINIMUM_SIZE_HEADER]: minimumSize } };
}

function replace(bucket: Bucket, next: Lifecycle | undefined, world: World): void {
  bucket.lifecycleBefore = { value: bucket.lifecycle, replacedAt: world.now(), reads: 0 };
  bucket.lifecycle = next;
}

/** While the switch lasts, answers after a write alternate: old, new, old. */
function isOldAnswer({ lifecycleBefore }: Bucket, { lifecycleFlap }: Normalisations, world: World): boolean {
  if (lifecycleBefore === undefined || lifecycleFlap === undefined) return false;
  const read = lifecycleBefore.reads++;
  const lasts =
    "reads" in lifecycleFlap ? read < lifecycleFlap.reads : world.now() - lifecycleBefore.replacedAt < lifecycleFlap.ms;
  return lasts && read % 2 === 0;
}

/** Adds generated IDs to rules without one, as AWS does. */
function withIds(document: XmlElement, world: World): XmlElement {
  const name = (rule: XmlElement) => {
    if (rule.name !== "Rule" || child(rule, "ID")?.text) return rule;
    const others = rule.children.filter((inner) => inner.name !== "ID");
    return { ...rule, children: [element("ID", `generated-${world.next()}`), ...others] };
  };
  return { ...document, children: document.children.map(name) };
}

/** Rewrites filters with only a prefix to another form of the same meaning. */
function withPrefixForm(document: XmlElement, form: Normalisations["lifecyclePrefixForm"]): XmlElement {
  if (form === undefined) return document;
  const rewrite = (rule: XmlElement) => ({
    ...rule,
    children: rule.children.map((inner) => (isPrefixOnly(inner) ? prefixIn(form, prefixOf(inner)) : inner)),
  });
  return { ...document, children: document.children.map((inner) => (inner.name === "Rule" ? rewrite(inner) : inner)) };
}

function isPrefixOnly({ name, children }: XmlElement): boolean {
  if (name === "Prefix") return true;
  return name === "Filter" && children.every((inner) => inner.name === "Prefix");
}

function prefixOf(filterOrPrefix: XmlElement): string {
  return filterOrPrefix.name === "Prefix" ? filterOrPrefix.text : (child(filterOrPrefix, "Prefix")?.text ?? "");
}

function prefixIn(form: "EmptyFilter" | "FilterPrefix" | "Prefix", prefix: string): XmlElement {
  if (form === "Prefix") return element("Prefix", prefix);
  if (form === "EmptyFilter" && prefix === "") return element("Filter");
  return element("Filter", [element("Prefix", prefix)]);
}
