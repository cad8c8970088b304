import type { Ask } from "../../account/guardrails.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import type { BucketClient } from "../bucket-client.ts";
import { deleteSeen, type DeleteDocument } from "../subresource.ts";
import { carryOver } from "./carry-over.ts";
import { entriesStatus, isOwned, ownedEntries, withoutApplied, type EntrySetting, type Owned } from "./entries.ts";
import { compareNamed, defineSetting, type Setting } from "./setting.ts";
import { entriesToSpec } from "./to-spec.ts";

/** One of a bucket's configurations of a kind, such as inventory. Each has its own GET, PUT and DELETE, by id. */
interface Configuration {
  Id: string | undefined;
}

/** One page of a List call. */
interface Page<C> {
  configurations: C[] | undefined;
  next: string | undefined;
}

/** The CRD's limit. */
const MAX_CONFIGURATIONS = 100;

interface Kind<C extends Configuration, Spec> {
  name: Extract<EntrySetting, "intelligentTiering" | "inventory" | "metrics" | "analytics">;
  /** IAM has one action for Get and List, another for Put and Delete. */
  iamActions: Setting["iamActions"];
  declared(spec: S3BucketSpec): readonly Spec[] | undefined;
  toConfiguration: (spec: Spec) => C;
  /** Equal for all forms in which S3 may return the same configuration. */
  canonical: (configuration: C) => Record<string, unknown>;
  /** Paths that a spec can express, besides the id. */
  fields: readonly string[];
  toSpec: (configuration: C) => Spec;
  list(bucket: BucketClient, ContinuationToken: string | undefined): Promise<Page<C>>;
  put(bucket: BucketClient, Id: string, configuration: C): Promise<unknown>;
  removal: (target: BucketClient["ref"] & { Id: string }) => DeleteDocument;
  /** For guardrails: see setting.ts. */
  asks?: (declared: Spec) => Ask[];
}

interface Desired<C> {
  configurations: readonly C[];
  owned: Owned;
}

/** A setting of configurations with ids. Those of other writers stay, unless `unmanagedConfigurations` is `Remove`. */
export function defineConfigurations<C extends Configuration, Spec>(kind: Kind<C, Spec>): Setting {
  const named = (configurations: readonly C[]) => new Map(configurations.map((c) => [idOf(c), kind.canonical(c)]));
  const isSame = (a: C, b: C) => compareNamed("", named([a]), named([b])).length === 0;

  return defineSetting<Desired<C>, C[]>({
    name: kind.name,
    iamActions: kind.iamActions,

    desired: (spec, { appliedIds }) => {
      const configurations = kind.declared(spec)?.map(kind.toConfiguration);
      if (configurations === undefined) return undefined;
      const unmanaged = spec[kind.name]?.unmanagedConfigurations ?? "Keep";
      return { configurations, owned: ownedEntries(configurations.map(idOf), appliedIds[kind.name], unmanaged) };
    },

    observe: (bucket) => listAll((token) => kind.list(bucket, token)),

    diff: ({ configurations, owned }, observed) => {
      const found = observed.filter((configuration) => isOwned(owned, idOf(configuration)));
      return compareNamed("configurations", named(configurations), named(found));
    },

    write: async (bucket, { configurations, owned }, observed) => {
      const surplus = observed.filter(({ Id = "" }) => isOwned(owned, Id) && !owned.ids.includes(Id));
      for (const each of surplus) await deleteSeen(bucket, each, kind.removal({ ...bucket.ref, Id: idOf(each) }));
      for (const configuration of configurations) {
        const id = idOf(configuration);
        const former = observed.find((other) => idOf(other) === id);
        if (former !== undefined && isSame(former, configuration)) continue;
        await kind.put(bucket, id, carryOver(configuration, former, ["Id", ...kind.fields]));
      }
    },

    reset: (observed, { appliedIds }) => {
      const owned = withoutApplied(observed.map(idOf), appliedIds[kind.name]);
      return owned && { configurations: [], owned };
    },

    toSpec: (observed) => {
      const { specs, omitted } = entriesToSpec(observed, {
        nameOf: (configuration) => `configuration '${idOf(configuration)}'`,
        fields: ["Id", ...kind.fields],
        toSpec: kind.toSpec,
        toEntry: kind.toConfiguration,
        canonical: kind.canonical,
        max: MAX_CONFIGURATIONS,
      });
      return { ...(specs.length > 0 && { spec: { [kind.name]: { configurations: specs } } }), omitted };
    },

    asks: (spec) => (kind.declared(spec) ?? []).flatMap((declared) => kind.asks?.(declared) ?? []),

    report: (desired, observed) => (desired ? { [kind.name]: entriesStatus(desired.owned, observed.map(idOf)) } : {}),
  });
}

function idOf({ Id }: Configuration): string {
  return Id ?? "";
}

/** A page has up to 100 configurations, so that one call is usually enough. */
async function listAll<C>(list: (token: string | undefined) => Promise<Page<C>>): Promise<C[]> {
  const all: C[] = [];
  let token: string | undefined;
  do {
    const { configurations, next } = await list(token);
    all.push(...(configurations ?? []));
    token = next;
  } while (token !== undefined);
  return all;
}
