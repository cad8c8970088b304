import type { AccountDirectory } from "./account/resolve.ts";
import { AWS_ACCOUNTS, S3_BUCKETS } from "./api/names.ts";
import type { AWSAccount, S3Bucket } from "./api/types.ts";
import type { KubeObject, Resource } from "./kube/object.ts";
import { createReflector, type OnChange, type Reflector, type ReflectorOptions } from "./kube/reflector.ts";

const NAMESPACES: Resource = { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false };

export interface Watches {
  buckets: Reflector<S3Bucket>;
  accounts: Reflector<AWSAccount>;
  namespaces: Reflector<KubeObject>;
  directory: AccountDirectory;
  /** Resolves with true when everything has been listed once, with false when `signal` aborts before that. */
  synced(signal: AbortSignal): Promise<boolean>;
}

export interface Scope {
  /** None: all. */
  watchNamespaces: string[];
  /** For our own kinds. */
  watchSelector?: string | undefined;
}

export interface Handlers {
  bucket: OnChange<S3Bucket>;
  account: OnChange<AWSAccount>;
  /** An account or a namespace changed in a way that may matter to these buckets. */
  revisit: (bucket: S3Bucket) => void;
}

type Common = Pick<ReflectorOptions<KubeObject>, "client" | "clock" | "random" | "log" | "metrics">;

/** Everything that is watched, and which change of what makes which object be looked at again. */
export function createWatches(common: Common, scope: Scope, handlers: Handlers): Watches {
  const selected = scope.watchSelector === undefined ? {} : { labelSelector: scope.watchSelector };
  const buckets = createReflector<S3Bucket>({
    ...common,
    ...selected,
    ...(scope.watchNamespaces.length > 0 && { namespaces: scope.watchNamespaces }),
    resource: S3_BUCKETS,
    onChange: handlers.bucket,
  });
  const revisit = (concerns: (bucket: S3Bucket) => boolean) => {
    for (const bucket of buckets.store.list()) if (concerns(bucket)) handlers.revisit(bucket);
  };
  const accounts = createReflector<AWSAccount>({
    ...common,
    ...selected,
    resource: AWS_ACCOUNTS,
    onChange(type, account, old) {
      handlers.account(type, account, old);
      if (old === undefined || type === "deleted" || old.metadata.generation !== account.metadata.generation) {
        revisit((bucket) => mayUse(bucket, account));
      }
    },
  });
  const namespaces = createReflector<KubeObject>({
    ...common,
    resource: NAMESPACES,
    transform: withoutPayload,
    onChange(_type, namespace, old) {
      const before = JSON.stringify(old?.metadata.labels ?? {});
      if (before !== JSON.stringify(namespace.metadata.labels ?? {})) {
        revisit(({ metadata }) => metadata.namespace === namespace.metadata.name);
      }
    },
  });
  const directory: AccountDirectory = {
    accounts: () => accounts.store.list(),
    namespace: (name) => namespaces.store.get({ name }),
  };
  const synced = Promise.all([buckets.synced, accounts.synced, namespaces.synced]).then(() => true);
  const aborted = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      if (signal.aborted) resolve(false);
      else signal.addEventListener("abort", () => resolve(false), { once: true });
    });
  return {
    buckets,
    accounts,
    namespaces,
    directory,
    synced: (signal) => Promise.race([synced, aborted(signal)]),
  };
}

export async function runWatches({ buckets, accounts, namespaces }: Watches, signal: AbortSignal): Promise<void> {
  await Promise.all([buckets, accounts, namespaces].map((reflector) => reflector.run(signal)));
}

/** A bookmark comes about every minute; after five the API server is out of reach, however alive the connections look. */
const MAX_SILENCE_SECONDS = 300;

/** For /readyz: everything was listed, and the API server is still heard of. */
export function readyChecks({ buckets, accounts, namespaces }: Watches): Record<string, () => string | undefined> {
  const reflectors = { s3buckets: buckets, awsaccounts: accounts, namespaces };
  return Object.fromEntries(
    Object.entries(reflectors).map(([name, reflector]) => [
      `watch-${name}`,
      () => {
        if (!reflector.hasSynced()) return "not listed yet";
        const seconds = Math.round(reflector.secondsSinceLastEvent());
        return seconds > MAX_SILENCE_SECONDS ? `nothing heard from the API server for ${seconds} s` : undefined;
      },
    ]),
  );
}

/** A bucket that names no account uses the default, which may be this one from now on, or no longer. */
function mayUse({ spec }: S3Bucket, account: AWSAccount): boolean {
  return spec.accountRef === undefined || spec.accountRef.name === account.metadata.name;
}

/** Of a namespace only the labels matter. */
function withoutPayload({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, uid, resourceVersion, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(labels && { labels }) },
  };
}
