/** The last known state of all watched objects of one kind, frozen, kept by a reflector and by the answers to our own writes. */

import { isLater, keyOf, type KubeObject, type ObjectKey } from "./object.ts";

export interface Store<T> {
  get(key: ObjectKey): T | undefined;
  list(): T[];
  /**
   * Takes the answer to a write of ours, so that it is seen at once and no older watch event takes it back. Does nothing if the object is
   * no longer there, or is another one of that name: then the watch knew more than the answer.
   */
  remember(object: T): void;
}

export type DeltaType = "added" | "modified" | "deleted";

export interface Delta<T> {
  type: DeltaType;
  object: T;
  /** What was reported last of this object, whatever was remembered in between. Absent for "added". */
  old?: T;
}

/** The side of the store that the reflector writes; each function returns what there is to report. */
export interface WatchedStore<T> extends Store<T> {
  put(object: T): Delta<T>[];
  remove(object: T): Delta<T>[];
  /**
   * A complete list of one namespace, or of everything, which is the truth: also where it is older than what was known, as after etcd was restored
   * from a backup. Only remembered answers that are newer than `version`, that of the list, survive it; without one, none do.
   */
  replace(objects: T[], list?: { namespace?: string | undefined; version?: string | undefined }): Delta<T>[];
}

/**
 * `reported` is what the handlers were told last: comparing with it, and not with a remembered answer, is what keeps a spec edit from being
 * lost that reached us first inside the answer to our own status write.
 */
interface Entry<T> {
  current: T;
  reported: T;
}

export function createStore<T extends KubeObject>(): WatchedStore<T> {
  const entries = new Map<string, Entry<T>>();

  function put(given: T): Delta<T>[] {
    const object = deepFreeze(given);
    const key = keyOf(object.metadata);
    const entry = entries.get(key);
    if (entry === undefined) {
      entries.set(key, { current: object, reported: object });
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

  /** As `put`, but whatever the versions say. */
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
    // A late deletion of the object that had this name before.
    if (old === undefined || old.metadata.uid !== object.metadata.uid) return [];
    entries.delete(key);
    return [{ type: "deleted", object: deepFreeze(object), old }];
  }

  return {
    get: (key) => entries.get(keyOf(key))?.current,
    list: () => Array.from(entries.values(), ({ current }) => current),
    put,
    remove,

    replace(objects, { namespace, version } = {}) {
      const listed = new Set(objects.map((object) => keyOf(object.metadata)));
      const gone = [...entries.values()]
        .map(({ reported }) => reported)
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
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

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
