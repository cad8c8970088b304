import type { CORSRule, LifecycleRule, LifecycleRuleFilter } from "@aws-sdk/client-s3";
import { fakeBucket, sdkError, type Call, type FakeBucket } from "./fake-bucket.ts";
import type { Random } from "./random.ts";

type Document = Record<string, unknown>;

/**
 * S3 as far as settings see it: keeps what is put, and hands it back in other words of the same meaning, chosen anew at each read,
 * as AWS does (reference: the S3 API pages of each Get and Put).
 */
export function rewritingS3(random: Random): FakeBucket {
  const kept = new Map<string, Document>();
  const read = (key: string, absent: string, rewrite: (document: never) => Document) => {
    const document = kept.get(key);
    if (document === undefined) throw sdkError(absent, 404);
    return withUnknown(rewrite(structuredClone(document) as never), random);
  };
  const routes: Record<string, (input: Document) => unknown> = {
    PutPublicAccessBlockCommand: (input) => kept.set("publicAccessBlock", input),
    GetPublicAccessBlockCommand: () =>
      read("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration", (document: Document) => ({
        PublicAccessBlockConfiguration: sparse(document.PublicAccessBlockConfiguration as Document, random),
      })),
    PutBucketOwnershipControlsCommand: (input) => kept.set("ownership", input),
    GetBucketOwnershipControlsCommand: () =>
      read("ownership", "OwnershipControlsNotFoundError", (document) => document),
    PutBucketVersioningCommand: (input) => kept.set("versioning", input.VersioningConfiguration as Document),
    GetBucketVersioningCommand: () => kept.get("versioning") ?? {},
    PutBucketEncryptionCommand: (input) => kept.set("encryption", input),
    GetBucketEncryptionCommand: () =>
      read("encryption", "ServerSideEncryptionConfigurationNotFoundError", (document: Document) => {
        const { Rules } = document.ServerSideEncryptionConfiguration as { Rules: Document[] };
        return { ServerSideEncryptionConfiguration: { Rules: Rules.map((rule) => encryption(rule, random)) } };
      }),
    PutBucketPolicyCommand: (input) => kept.set("policy", JSON.parse(input.Policy as string) as Document),
    DeleteBucketPolicyCommand: () => kept.delete("policy"),
    GetBucketPolicyCommand: () =>
      read("policy", "NoSuchBucketPolicy", (document: Document) => ({
        Policy: JSON.stringify(policy(document, random)),
      })),
    PutBucketLifecycleConfigurationCommand: (input) => kept.set("lifecycle", input),
    DeleteBucketLifecycleCommand: () => kept.delete("lifecycle"),
    GetBucketLifecycleConfigurationCommand: () =>
      read("lifecycle", "NoSuchLifecycleConfiguration", (document: Document) => {
        const { Rules } = document.LifecycleConfiguration as { Rules: LifecycleRule[] };
        const { TransitionDefaultMinimumObjectSize = "all_storage_classes_128K" } = document;
        return {
          Rules: random.shuffled(Rules).map((rule) => lifecycleRule(rule, random)),
          TransitionDefaultMinimumObjectSize,
        };
      }),
    PutBucketCorsCommand: (input) => kept.set("cors", input.CORSConfiguration as Document),
    DeleteBucketCorsCommand: () => kept.delete("cors"),
    GetBucketCorsCommand: () =>
      read("cors", "NoSuchCORSConfiguration", ({ CORSRules }: { CORSRules: CORSRule[] }) => ({
        CORSRules: CORSRules.map((rule) => corsRule(rule, random)),
      })),
    TagResourceCommand: ({ Tags }) => {
      const added = (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value] as const);
      kept.set("tags", { ...kept.get("tags"), ...Object.fromEntries(added) });
    },
    UntagResourceCommand: ({ TagKeys }) => {
      const left = Object.entries(kept.get("tags") ?? {}).filter(([key]) => !(TagKeys as string[]).includes(key));
      kept.set("tags", Object.fromEntries(left));
    },
    ListTagsForResourceCommand: () => {
      const tags = Object.entries({ ...kept.get("tags"), "aws:cloudformation:stack-name": "theirs" });
      return { Tags: random.shuffled(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
  return fakeBucket(({ command, input }: Call) => {
    const route = routes[command];
    if (route === undefined) throw new Error(`No such call here: ${command}`);
    return route(input) ?? {};
  });
}

function withUnknown(document: Document, random: Random): Document {
  return random.coin() ? { ...document, SimulatedUnknownField: "unknown" } : document;
}

/** Fields that are false, or nothing, may be left out. */
function sparse<T extends object>(document: T, random: Random): T {
  const entries = Object.entries(document).filter(
    ([, value]) => (value !== false && value !== undefined) || random.coin(),
  );
  return Object.fromEntries(entries) as T;
}

function encryption(rule: Document, random: Random): Document {
  const { BlockedEncryptionTypes, BucketKeyEnabled = false, ...rest } = rule;
  const { EncryptionType = [] } = (BlockedEncryptionTypes ?? {}) as { EncryptionType?: string[] };
  const blocked = EncryptionType.filter((type) => type !== "NONE");
  const nothing = random.coin() ? {} : { BlockedEncryptionTypes: { EncryptionType: ["NONE"] } };
  return withUnknown(
    {
      ...sparse({ ...rest, BucketKeyEnabled }, random),
      ...(blocked.length > 0 ? { BlockedEncryptionTypes: { EncryptionType: random.shuffled(blocked) } } : nothing),
    },
    random,
  );
}

/** Shuffles every list, and collapses those of one. Account ids become root ARNs. */
function policy(document: Document, random: Random): Document {
  const { Statement, ...rest } = document;
  const statements = random.shuffled(Statement as Document[]).map((statement) => rewritten(statement, random));
  return { ...rest, Statement: statements.length === 1 && random.coin() ? statements[0] : statements };
}

function rewritten(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) {
    const items = random.shuffled<unknown>(value).map((item) => rewritten(item, random));
    return items.length === 1 && random.coin() ? items[0] : items;
  }
  if (typeof value === "string") return /^\d{12}$/.test(value) ? `arn:aws:iam::${value}:root` : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, rewritten(inner, random)] as const);
  return Object.fromEntries(random.shuffled(entries));
}

function corsRule(rule: CORSRule, random: Random): Document {
  const headers = (list: string[] | undefined) =>
    random.shuffled(list ?? []).map((header) => (random.coin() ? header.toLowerCase() : header));
  const lists = { AllowedHeaders: headers(rule.AllowedHeaders), ExposeHeaders: headers(rule.ExposeHeaders) };
  const named = Object.entries(lists).filter(([, list]) => list.length > 0 || random.coin());
  const { AllowedHeaders: _headers, ExposeHeaders: _exposed, ...rest } = rule;
  return withUnknown(
    {
      ...rest,
      AllowedOrigins: random.shuffled(rule.AllowedOrigins ?? []),
      AllowedMethods: random.shuffled(rule.AllowedMethods ?? []),
      ...Object.fromEntries(named),
    },
    random,
  );
}

function lifecycleRule(rule: LifecycleRule, random: Random): Document {
  const { Filter, Expiration, Transitions, NoncurrentVersionTransitions, ...rest } = rule;
  return withUnknown(
    {
      ...rest,
      ...lifecycleFilter(Filter ?? {}, random),
      ...(Transitions && { Transitions: random.shuffled(Transitions) }),
      ...(NoncurrentVersionTransitions && {
        NoncurrentVersionTransitions: random.shuffled(NoncurrentVersionTransitions),
      }),
      ...(Expiration && { Expiration: sparse({ ExpiredObjectDeleteMarker: false, ...defined(Expiration) }, random) }),
    },
    random,
  );
}

/** One criterion stands bare or in `And`, several in `And`, a prefix alone also outside; none has many forms. */
function lifecycleFilter(filter: LifecycleRuleFilter, random: Random): Document {
  const { Prefix, Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter;
  const bare = defined({ Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan });
  const tags = random.shuffled([...(And?.Tags ?? []), ...(Tag ? [Tag] : [])]);
  const { Tags: _tags, ...others } = And ?? {};
  const criteria = withZero({ ...bare, ...defined(others), ...(tags.length > 0 && { Tags: tags }) }, random);
  const names = Object.keys(criteria);
  if (names.length === 0) return chosen([{ Filter: {} }, { Filter: { Prefix: "" } }, { Prefix: "" }], random);
  if (names.length > 1 || tags.length > 1) return { Filter: { And: criteria } };
  const single = tags[0] === undefined ? criteria : { Tag: tags[0] };
  const legacy = names[0] === "Prefix" ? [{ Prefix: criteria.Prefix }] : [];
  return chosen([{ Filter: single }, { Filter: { And: criteria } }, ...legacy], random);
}

/** A lower size of 0 comes and goes. */
function withZero(criteria: Document, random: Random): Document {
  const { ObjectSizeGreaterThan = 0, ...rest } = criteria;
  return ObjectSizeGreaterThan === 0 && random.coin() ? rest : { ...rest, ObjectSizeGreaterThan };
}

function defined(document: object): Document {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

function chosen(forms: readonly Document[], random: Random): Document {
  return forms[random.below(forms.length)] ?? {};
}
