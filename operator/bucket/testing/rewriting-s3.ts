import type { CORSRule, LifecycleRule, LifecycleRuleFilter } from "@aws-sdk/client-s3";
import { fakeBucket, type Call, type FakeBucket } from "./fake-bucket.ts";
import type { Random } from "./random.ts";
import { configurationRoutes } from "./rewriting-configurations.ts";
import { type Document, rewritingStore, type Routes, sparse, withUnknown } from "./rewriting-store.ts";

export interface RewritingBucket extends FakeBucket {
  /** All documents as they were put, by name. */
  documents: () => Record<string, Document>;
}

/**
 * Keeps what settings put, and returns it in another form of the same meaning at each read, as S3 may do according to
 * the API page of each Get and Put.
 */
export function rewritingS3(random: Random): RewritingBucket {
  const store = rewritingStore();
  const read = (name: string, absent: string, rewrite: (document: never) => Document) =>
    withUnknown(rewrite(store.read(name, absent) as never), random);
  const routes: Routes = {
    ...configurationRoutes(store, random),
    PutPublicAccessBlockCommand: (input) => store.keep("publicAccessBlock", input),
    GetPublicAccessBlockCommand: () =>
      read("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration", (document: Document) => ({
        PublicAccessBlockConfiguration: sparse(document.PublicAccessBlockConfiguration as Document, random),
      })),
    PutBucketOwnershipControlsCommand: (input) => store.keep("ownership", input),
    GetBucketOwnershipControlsCommand: () =>
      read("ownership", "OwnershipControlsNotFoundError", (document) => document),
    PutBucketVersioningCommand: (input) => store.keep("versioning", input.VersioningConfiguration as Document),
    GetBucketVersioningCommand: () => store.find("versioning") ?? {},
    PutBucketEncryptionCommand: (input) => store.keep("encryption", input),
    GetBucketEncryptionCommand: () =>
      read("encryption", "ServerSideEncryptionConfigurationNotFoundError", (document: Document) => {
        const { Rules } = document.ServerSideEncryptionConfiguration as { Rules: Document[] };
        return { ServerSideEncryptionConfiguration: { Rules: Rules.map((rule) => encryption(rule, random)) } };
      }),
    PutBucketPolicyCommand: (input) => store.keep("policy", JSON.parse(input.Policy as string) as Document),
    DeleteBucketPolicyCommand: () => store.remove("policy"),
    GetBucketPolicyCommand: () =>
      read("policy", "NoSuchBucketPolicy", (document: Document) => ({
        Policy: JSON.stringify(policy(document, random)),
      })),
    PutBucketLifecycleConfigurationCommand: (input) => store.keep("lifecycle", input),
    DeleteBucketLifecycleCommand: () => store.remove("lifecycle"),
    GetBucketLifecycleConfigurationCommand: () =>
      read("lifecycle", "NoSuchLifecycleConfiguration", (document: Document) => {
        const { Rules } = document.LifecycleConfiguration as { Rules: LifecycleRule[] };
        const { TransitionDefaultMinimumObjectSize = "all_storage_classes_128K" } = document;
        return {
          Rules: random.shuffled(Rules).map((rule) => lifecycleRule(rule, random)),
          TransitionDefaultMinimumObjectSize,
        };
      }),
    PutBucketCorsCommand: (input) => store.keep("cors", input.CORSConfiguration as Document),
    DeleteBucketCorsCommand: () => store.remove("cors"),
    GetBucketCorsCommand: () =>
      read("cors", "NoSuchCORSConfiguration", ({ CORSRules }: { CORSRules: CORSRule[] }) => ({
        CORSRules: CORSRules.map((rule) => corsRule(rule, random)),
      })),
    TagResourceCommand: ({ Tags }) => {
      const added = (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value] as const);
      store.keep("tags", { ...store.find("tags"), ...Object.fromEntries(added) });
    },
    UntagResourceCommand: ({ TagKeys }) => {
      const left = Object.entries(store.find("tags") ?? {}).filter(([key]) => !(TagKeys as string[]).includes(key));
      store.keep("tags", Object.fromEntries(left));
    },
    ListTagsForResourceCommand: () => {
      const tags = Object.entries({ ...store.find("tags"), "aws:cloudformation:stack-name": "theirs" });
      return { Tags: random.shuffled(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
  const fake = fakeBucket(({ command, input }: Call) => {
    const route = routes[command];
    if (route === undefined) throw new Error(`No such call here: ${command}`);
    return route(input) ?? {};
  });
  return { ...fake, documents: store.all };
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

/** Shuffles every list, and unwraps lists of one. Account ids become root ARNs. */
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

/** One criterion is bare or in `And`, several are in `And`, a lone prefix may be outside; none has many forms. */
function lifecycleFilter(filter: LifecycleRuleFilter, random: Random): Document {
  const { Prefix, Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter;
  const bare = defined({ Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan });
  const tags = random.shuffled([...(And?.Tags ?? []), ...(Tag ? [Tag] : [])]);
  const { Tags: _tags, ...others } = And ?? {};
  const criteria: Document = { ...bare, ...defined(others), ...(tags.length > 0 && { Tags: tags }) };
  const names = Object.keys(criteria);
  if (names.length === 0) return chosen([{ Filter: {} }, { Filter: { Prefix: "" } }, { Prefix: "" }], random);
  if (names.length > 1 || tags.length > 1) return { Filter: { And: criteria } };
  const single = tags[0] === undefined ? criteria : { Tag: tags[0] };
  const legacy = names[0] === "Prefix" ? [{ Prefix: criteria.Prefix }] : [];
  return chosen([{ Filter: single }, { Filter: { And: criteria } }, ...legacy], random);
}

function defined(document: object): Document {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

function chosen(forms: readonly Document[], random: Random): Document {
  return forms[random.below(forms.length)] ?? {};
}
