import { fingerprint } from "./fingerprint.ts";

/**
 * What this process remembers of its own looks and writes, to tell an AWS that has not settled, and other writers, from drift.
 * In memory only: after a restart the worst that can happen is one more write of the same value.
 */
export interface History {
  /** What to do about a setting that was found different. */
  judge(uid: string, attempt: Attempt): Verdict;
  /** Before a write of `attempt`. */
  wrote(uid: string, attempt: Attempt): void;
  /** The write that was announced did not come about, as far as we know. */
  failed(uid: string, setting: string): void;
  /** AWS has just refused that write: milliseconds since it first did so of that desired value. */
  refusedFor(uid: string, setting: string): number;
  /** A first look found the setting equal. */
  held(uid: string, setting: string): void;
  /** The bucket was made for the object by this process; its tags may not say so yet. */
  created(uid: string, arn: string): void;
  /** Whether it was, and its tags have not been seen to say so since. */
  hasCreated(uid: string, arn: string): boolean;
  /** The tags of the object's bucket say whose it is. */
  tagged(uid: string): void;
  forget(uid: string): void;
}

/** A setting, what is wanted of it, and what differs from that. */
export interface Attempt {
  setting: string;
  desired: unknown;
  changes: unknown;
}

/** `Settling`: AWS still shows what it had before our write. `KeepsChanging`: no write seems to last. */
export type Verdict = "Write" | "Settling" | "KeepsChanging";

interface Entry {
  desired: string;
  /** What differed before the last write. */
  changes?: string;
  writtenAt: number;
  /** Writes since a first look found it equal. */
  writes: number;
  /** Since when AWS has refused it. */
  refusedSince?: number;
}

export const MAX_WRITES = 5;
const RETRY_AFTER_MS = 3_600_000;

export function createHistory(now: () => number, settleWindowMs: number): History {
  const objects = new Map<string, Map<string, Entry>>();
  const creations = new Map<string, string>();
  const find = (uid: string, setting: string) => objects.get(uid)?.get(setting);
  const keep = (uid: string, setting: string, entry: Entry) => {
    objects.set(uid, (objects.get(uid) ?? new Map<string, Entry>()).set(setting, entry));
  };

  return {
    judge(uid, { setting, desired, changes }) {
      const entry = find(uid, setting);
      if (entry === undefined || entry.desired !== fingerprint(desired)) return "Write";
      const age = now() - entry.writtenAt;
      if (age < settleWindowMs && entry.changes === fingerprint(changes)) return "Settling";
      return entry.writes >= MAX_WRITES && age < RETRY_AFTER_MS ? "KeepsChanging" : "Write";
    },
    wrote(uid, { setting, desired, changes }) {
      const wanted = fingerprint(desired);
      const former = find(uid, setting);
      const same = former?.desired === wanted ? former : undefined;
      const writes = (same?.writes ?? 0) + 1;
      keep(uid, setting, { ...same, desired: wanted, changes: fingerprint(changes), writtenAt: now(), writes });
    },
    failed(uid, setting) {
      // Kept for what was wanted, but neither as a write to count nor as one to wait for: its cause has a backoff of its own.
      const entry = find(uid, setting);
      if (entry !== undefined) Object.assign(entry, { writtenAt: -Infinity, writes: entry.writes - 1 });
    },
    refusedFor(uid, setting) {
      const entry = find(uid, setting);
      if (entry === undefined) return 0;
      entry.refusedSince ??= now();
      return now() - entry.refusedSince;
    },
    held(uid, setting) {
      const entry = find(uid, setting);
      if (entry === undefined) return;
      entry.writes = 0;
      delete entry.refusedSince;
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
