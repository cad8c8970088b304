import { BUCKET_ACCESSES } from "../../api/names.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isAskedFor, type WantedIn } from "./expected.ts";

/**
 * The BucketAccesses of the API server that may have something in the AWS account: those of this operator that are
 * wanted, and those of other operators. The watch has neither the latter nor, while it is silent, the latest.
 */
export interface LiveAccesses {
  /** @param namespace absent: all namespaces */
  asking(namespace?: string): Promise<BucketAccess[]>;
  /** Of all watched namespaces, as at the first call of the sweep: for a look at many things before a closer one. */
  askingAtFirst(): Promise<BucketAccess[]>;
}

export interface LiveOptions {
  client: KubeClient;
  accountId: string;
  /** [] for all. */
  watchNamespaces: readonly string[];
  /** Selects the objects of this operator. Undefined: all are this operator's. */
  watchSelector: string | undefined;
  wantedIn: (access: BucketAccess) => WantedIn;
  signal: AbortSignal;
}

export function liveAccesses(options: LiveOptions): LiveAccesses {
  const { accountId, watchNamespaces, watchSelector, wantedIn } = options;
  let first: Promise<BucketAccess[]> | undefined;

  async function asking(namespace?: string): Promise<BucketAccess[]> {
    const all = await list(options, { namespace });
    const ours = watchSelector === undefined ? all : await list(options, { namespace, labelSelector: watchSelector });
    const uids = new Set(ours.map(({ metadata }) => metadata.uid));
    const judge = (access: BucketAccess) => (uids.has(access.metadata.uid) ? wantedIn(access) : "Undecided");
    return all.filter((access) => isAskedFor(accountId, access, judge));
  }

  async function everywhere(): Promise<BucketAccess[]> {
    const found: BucketAccess[] = [];
    for (const namespace of watchNamespaces.length === 0 ? [undefined] : watchNamespaces) {
      found.push(...(await asking(namespace)));
    }
    return found;
  }

  return { asking, askingAtFirst: () => (first ??= everywhere()) };
}

const PAGE = 500;

async function list(
  { client, signal }: LiveOptions,
  selection: { namespace: string | undefined; labelSelector?: string },
): Promise<BucketAccess[]> {
  const items: BucketAccess[] = [];
  let next: string | undefined;
  do {
    const page = await client.list<BucketAccess>(BUCKET_ACCESSES, {
      ...selection,
      limit: PAGE,
      continue: next,
      signal,
    });
    items.push(...page.items);
    next = page.continue;
  } while (next !== undefined);
  return items;
}
