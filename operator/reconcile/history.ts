import { DELAY_MS } from "./delays.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Part } from "./part.ts";

/**
 * In-memory record of reads and writes, by object: tells drift from eventual consistency and from competing writers.
 * A restart loses it, which costs at most one more write of the same value.
 */
export interface History {
  /** What to do about a part that was found different. */
  judge(uid: string, write: Write): Verdict;
  /** Call before a write. */
  wrote(uid: string, write: Write): void;
  /** The write that was recorded failed, as far as known. */
  failed(uid: string, name: string): void;
  /** Call after AWS refused the write. Returns milliseconds since it first refused that desired value. */
  refusedFor(uid: string, name: string): number;
  /** Call when the first read of a reconcile finds no difference. */
  inSync(uid: string, name: string): void;
  /** Call when a read after a write finds no difference. */
  confirmed(uid: string, name: string): void;
  /** This process created the bucket for the object; its tags may not show the owner yet. */
  created(uid: string, arn: string): void;
  /** Whether {@link created} was called, and {@link tagged} was not since. */
  hasCreated(uid: string, arn: string): boolean;
  /** The tags of the object's bucket show the owner. */
  tagged(uid: string): void;
  forget(uid: string): void;
}

/** What is written, see {@link Part}. */
export type Write = Pick<Part, "name" | "desired" | "changes" | "isConsistent">;

/**
 * `Settling`: AWS still shows what it had before our write. No write lasts: `NotKept` if no read has shown the desired
 * value since the first one, `KeepsChanging` if a read has.
 */
export type Verdict = "Write" | "Settling" | "NotKept" | "KeepsChanging";

interface Entry {
  desired: string;
  /** What differed before the last write. */
  changes?: string;
  writtenAt: number;
  /** Writes since a first read found it equal. */
  writes: number;
  /** A read since the first write showed the desired value. */
  isConfirmed?: true;
  /** When AWS first refused it. */
  refusedSince?: number;
}

export const MAX_WRITES = 5;

export function createHistory(now: () => number, settleWindowMs: number): History {
  const objects = new Map<string, Map<string, Entry>>();
  const creations = new Map<string, string>();
  const find = (uid: string, name: string) => objects.get(uid)?.get(name);
  const keep = (uid: string, name: string, entry: Entry) => {
    objects.set(uid, (objects.get(uid) ?? new Map<string, Entry>()).set(name, entry));
  };

  return {
    judge(uid, { name, desired, changes, isConsistent = false }) {
      const entry = find(uid, name);
      if (entry === undefined || entry.desired !== fingerprint(desired)) return "Write";
      const age = now() - entry.writtenAt;
      if (!isConsistent && age < settleWindowMs && entry.changes === fingerprint(changes)) return "Settling";
      if (entry.writes < MAX_WRITES || age >= DELAY_MS.keepsChanging) return "Write";
      return entry.isConfirmed === true ? "KeepsChanging" : "NotKept";
    },
    wrote(uid, { name, desired, changes }) {
      const wanted = fingerprint(desired);
      const former = find(uid, name);
      const same = former?.desired === wanted ? former : undefined;
      const writes = (same?.writes ?? 0) + 1;
      keep(uid, name, { ...same, desired: wanted, changes: fingerprint(changes), writtenAt: now(), writes });
    },
    failed(uid, name) {
      // The desired value stays on record. The write does not count: its cause has a backoff of its own.
      const entry = find(uid, name);
      if (entry !== undefined) Object.assign(entry, { writtenAt: -Infinity, writes: entry.writes - 1 });
    },
    refusedFor(uid, name) {
      const entry = find(uid, name);
      if (entry === undefined) return 0;
      entry.refusedSince ??= now();
      return now() - entry.refusedSince;
    },
    inSync(uid, name) {
      const entry = find(uid, name);
      if (entry === undefined) return;
      entry.writes = 0;
      entry.isConfirmed = true;
      delete entry.refusedSince;
    },
    confirmed(uid, name) {
      const entry = find(uid, name);
      if (entry !== undefined) entry.isConfirmed = true;
    },
    created: (uid, arn) => void creations.set(uid, arn),
    hasCreated: (uid, arn) => creations.get(uid) === arn,
    tagged: (uid) => void creations.delete(uid),
    forget(uid) {
      objects.delete(uid);
      creations.delete(uid);
    },
  };
}
