/** The last known state of all objects of one kind, frozen. From a reflector and the responses to own writes. */

import { isLater, keyOf, type KubeObject, type ObjectKey } from "./object.ts";
import { createReferenceIndex } from "./reference-index.ts";

export interface Store<T> {
  get(key: ObjectKey): T | undefined;
  list(): T[];
  /** The objects of one namespace, without a search through all. */
  listIn(namespace: string): T[];
  /**
   * Stores the response of an own write, so that it is visible before its watch event. Does nothing if the object is
   * gone or has another uid: then the watch is newer.
   */
  remember(object: T): void;
}

export type DeltaType = "added" | "modified" | "deleted";

export interface Delta<T> {
  type: DeltaType;
  object: T;
  /** The state in the last delta of this object, whatever was remembered since. Absent for "added". */
  old?: T;
}

/** The store as a reflector writes it. Each function returns the deltas to report. */
export interface WatchedStore<T> extends Store<T> {
  put(object: T): Delta<T>[];
  remove(object: T): Delta<T>[];
  /**
   * Replaces the objects of one namespace, or all, by a complete list, even an older one: etcd may have been restored
   * from a backup. Keeps only remembered responses that are newer than `version`, that of the list; without it, none.
   */
  replace(objects: T[], list?: { namespace?: string | undefined; version?: string | undefined }): Delta<T>[];
}

/**
 * `reported` is the state in the last delta. Deltas are relative to it, and not to a remembered response, which may
 * already contain an edit of the spec that no watch event has reported.
 */
interface Entry<T> {
  current: T;
  reported: T;
}

export function createStore<T extends KubeObject>(): WatchedStore<T> {
  const entries = new Map<string, Entry<T>>();
  const byNamespace = createReferenceIndex();

  const entriesIn = (namespace: string) => byNamespace.referrersOf(namespace).flatMap((key) => entries.get(key) ?? []);

  function put(given: T): Delta<T>[] {
    const object = deepFreeze(given);
    const key = keyOf(object.metadata);
    const entry = entries.get(key);
    if (entry === undefined) {
      entries.set(key, { current: object, reported: object });
      byNamespace.add(object.metadata.namespace ?? "", key);
      return [{ type: "added", object }];
    }
    const old = entry.reported;
    if (old.metadata.uid !== object.metadata.uid) {
      return [...remove(old), ...put(object)];
    }
    if (isNewer(object, old) === false) return [];
    entries.set(key, { current: isNewer(entry.current, object) === true ? entry.current : object, reported: object });
    return [{ type: "modified", object, old }];
  }

  /** Like `put`, but ignores the order of versions. */
  function accept(given: T, listVersion: string | undefined): Delta<T>[] {
    const entry = entries.get(keyOf(given.metadata));
    if (entry === undefined || entry.current.metadata.uid !== given.metadata.uid) return put(given);
    const object = deepFreeze(given);
    const { current, reported: old } = entry;
    const isOwnAnswer = current !== old;
    const outlives = isOwnAnswer && listVersion !== undefined && isLater(versionOf(current), listVersion) === true;
    entries.set(keyOf(object.metadata), { current: outlives ? current : object, reported: object });
    return versionOf(old) === versionOf(object) ? [] : [{ type: "modified", object, old }];
  }

  function remove(object: T): Delta<T>[] {
    const key = keyOf(object.metadata);
    const old = entries.get(key)?.reported;
    // A late event of an earlier object with this name.
    if (old === undefined || old.metadata.uid !== object.metadata.uid) return [];
    entries.delete(key);
    byNamespace.remove(object.metadata.namespace ?? "", key);
    return [{ type: "deleted", object: deepFreeze(object), old }];
  }

  return {
    get: (key) => entries.get(keyOf(key))?.current,
    list: () => Array.from(entries.values(), ({ current }) => current),
    listIn: (namespace) => entriesIn(namespace).map(({ current }) => current),
    put,
    remove,

    replace(objects, { namespace, version } = {}) {
      const listed = new Set(objects.map((object) => keyOf(object.metadata)));
      const gone = (namespace === undefined ? [...entries.values()] : entriesIn(namespace))
        .map(({ reported }) => reported)
        .filter(({ metadata }) => !listed.has(keyOf(metadata)));
      return [...objects.flatMap((object) => accept(object, version)), ...gone.flatMap(remove)];
    },

    remember(object) {
      const entry = entries.get(keyOf(object.metadata));
      if (entry === undefined || entry.current.metadata.uid !== object.metadata.uid) return;
      if (isNewer(object, entry.current) !== false) entry.current = deepFreeze(object);
    },
  };
}

const versionOf = ({ metadata }: KubeObject) => metadata.resourceVersion ?? "";

/** Whether `a` is a later state of the same object than `b`. Equal versions are the same state: false. */
function isNewer<T extends KubeObject>(a: T, b: T): boolean | undefined {
  return isLater(versionOf(a), versionOf(b));
}

/** Fast for what is frozen already, as every primitive is. */
export function deepFreeze<T>(value: T): T {
  if (Object.isFrozen(value)) return value;
  Object.values(value as object).forEach(deepFreeze);
  return Object.freeze(value);
}
