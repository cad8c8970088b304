/** Calls to the API server for any kind. Objects are plain JSON, without class instances or Dates. */

import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "../clock.ts";
import { createConnection, type HttpRequest } from "./connection.ts";
import { BROKEN_ANSWER, errorOfStatus, KubeError, type StatusBody } from "./errors.ts";
import { createExchange, parseJson } from "./exchange.ts";
import { linesOf } from "./json-lines.ts";
import type { KubeMetrics } from "./metrics.ts";
import { apiVersionOf, type KubeObject, type ObjectKey, type Resource } from "./object.ts";
import { collectionPath, objectPath } from "./paths.ts";

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  subresource?: "status";
}

export interface ListOptions extends CallOptions {
  /** Default: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Maximum number of items per page. */
  limit?: number;
  /** `continue` of the previous page. */
  continue?: string | undefined;
  resourceVersion?: string;
}

export interface ListPage<T> {
  items: T[];
  /** Start of a watch that continues from this list. */
  resourceVersion: string;
  /** Present if there is another page. */
  continue?: string;
}

export interface WatchOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  resourceVersion: string;
  /** The server ends the watch after this time. */
  timeoutSeconds: number;
  signal: AbortSignal;
}

export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** Only the resourceVersion is set in a bookmark. */
  object: T;
}

/** A JSON merge patch (RFC 7396): null removes a field, a list replaces the whole list. */
export type MergePatch = { [field: string]: unknown };

/** All calls reject with a {@link KubeError}, or with the reason of the caller's signal if that aborted. */
export interface KubeClient {
  get<T extends KubeObject>(resource: Resource, key: ObjectKey, options?: CallOptions): Promise<T>;
  list<T extends KubeObject>(resource: Resource, options?: ListOptions): Promise<ListPage<T>>;
  /** Ends when the server ends it, throws on an ERROR event. The only call without a timeout. */
  watch<T extends KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource, object: T, options?: CallOptions): Promise<T>;
  /** Replaces the object. A stale `resourceVersion` is a conflict. */
  update<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  mergePatch<T extends KubeObject>(
    resource: Resource,
    key: ObjectKey,
    patch: MergePatch,
    options?: WriteOptions,
  ): Promise<T>;
  /** Server-side apply. `object` has apiVersion, kind, name, namespace and only the fields to own. */
  apply<T extends KubeObject>(
    resource: Resource,
    object: KubeObject,
    options: WriteOptions & { fieldManager: string; force?: boolean },
  ): Promise<T>;
  /** Resolves when the deletion is accepted; finalizers may delay it. Another `uid` is a conflict. */
  delete(resource: Resource, key: ObjectKey, options?: CallOptions & { uid?: string }): Promise<void>;
  close(): Promise<void>;
}

export interface KubeClientOptions {
  userAgent: string;
  /** For the whole call, including credentials and body. */
  timeoutMs?: number;
  clock: Clock;
  metrics: KubeMetrics;
}

interface ListBody {
  items?: object[] | null;
  metadata?: { resourceVersion?: string; continue?: string };
}

export function createKubeClient(kubeConfig: KubeConfig, options: KubeClientOptions): KubeClient {
  const { userAgent, timeoutMs = 30_000, clock, metrics } = options;
  const connection = createConnection(kubeConfig, userAgent, clock);
  const exchange = createExchange(connection, { timeoutMs, clock, metrics });

  async function call<T>(verb: string, resource: Resource, key: ObjectKey, request: Request): Promise<T> {
    const { method, subresource, query = {}, body, contentType = "application/json", signal } = request;
    const path = method === "POST" ? collectionPath(resource, key.namespace) : objectPath(resource, key, subresource);
    return (await exchange.send({
      name: nameOf(verb, resource, key, subresource),
      method,
      path: path + queryOf(query),
      ...(body !== undefined && { body: JSON.stringify(body), contentType }),
      signal,
    })) as T;
  }

  return {
    get: (resource, key, options = {}) => call("get", resource, key, { ...options, method: "GET" }),

    async list<T>(resource: Resource, { namespace, signal, ...query }: ListOptions = {}): Promise<ListPage<T>> {
      const name = nameOf("list", resource);
      const path = collectionPath(resource, namespace) + queryOf(query);
      const { items, metadata } = (await exchange.send({ name, method: "GET", path, signal })) as ListBody;
      if (!metadata?.resourceVersion) throw new KubeError(name, 0, BROKEN_ANSWER, "a list without resourceVersion");
      // Items of built-in kinds lack apiVersion and kind.
      const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
      return {
        items: (items ?? []).map((item) => ({ ...type, ...item }) as T),
        resourceVersion: metadata.resourceVersion,
        ...(metadata.continue ? { continue: metadata.continue } : {}),
      };
    },

    async *watch<T>(resource: Resource, { namespace, signal, ...query }: WatchOptions) {
      const name = nameOf("watch", resource);
      const path = collectionPath(resource, namespace) + queryOf({ ...query, watch: true, allowWatchBookmarks: true });
      for await (const line of linesOf(exchange.open({ name, method: "GET", path, signal })))
        yield watchEventOf<T>(name, line);
    },

    create: (resource, object, options = {}) =>
      call("create", resource, object.metadata, { ...options, method: "POST", body: object }),

    update: (resource, object, options = {}) =>
      call("update", resource, object.metadata, { ...options, method: "PUT", body: object }),

    mergePatch: (resource, key, patch, options = {}) =>
      call("patch", resource, key, {
        ...options,
        method: "PATCH",
        body: patch,
        contentType: "application/merge-patch+json",
      }),

    apply: (resource, object, { fieldManager, force = false, ...options }) =>
      call("apply", resource, object.metadata, {
        ...options,
        method: "PATCH",
        body: object,
        contentType: "application/apply-patch+yaml",
        query: { fieldManager, force },
      }),

    delete: (resource, key, { uid, signal } = {}) => {
      const body = { propagationPolicy: "Background", ...(uid !== undefined && { preconditions: { uid } }) };
      return call("delete", resource, key, { method: "DELETE", body, signal });
    },

    close: () => connection.close(),
  };
}

interface Request extends WriteOptions {
  method: HttpRequest["method"];
  query?: object;
  body?: object;
  contentType?: string;
}

function nameOf(verb: string, { plural, group }: Resource, key?: ObjectKey, subresource?: string): string {
  const kind = [group === "" ? plural : `${plural}.${group}`, subresource].filter(Boolean).join("/");
  return key === undefined
    ? `${verb} ${kind}`
    : `${verb} ${kind} ${[key.namespace, key.name].filter(Boolean).join("/")}`;
}

function queryOf(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return given.length === 0 ? "" : `?${search.toString()}`;
}

function watchEventOf<T>(name: string, line: string): WatchEvent<T> {
  const { type, object } = parseJson(name, line) as { type?: string; object?: KubeObject & StatusBody };
  if (type === "ERROR") throw errorOfStatus(name, object?.code ?? 0, object);
  if (!object?.metadata?.resourceVersion)
    throw new KubeError(name, 0, BROKEN_ANSWER, "an event without resourceVersion");
  return { type, object } as WatchEvent<T>;
}
