/**
 * Shows a failure that lasts as Stalled, while the operator goes on trying. Tools that wait for an object, such as Argo CD in a sync wave, wait for
 * ever on one that is only Reconciling, and never apply the commit that would repair it.
 */

import type { Clock } from "../clock.ts";
import { findCondition } from "./conditions.ts";
import type { Outcome } from "./outcome.ts";
import { isQuiet, isTerminal } from "./outcome-effects.ts";
import type { StatusObject } from "./object.ts";

export interface LongFailures {
  /** The outcome as status, log and events are to show it. To be called once for each reconcile that ended. */
  judge(key: string, object: StatusObject, outcome: Outcome): Outcome;
  /** Milliseconds until the failure of this key is shown as Stalled; undefined where none is, or it is shown so already. */
  remainingMs(key: string): number | undefined;
  /** The failure of this key is shown as Stalled, and is tried again. */
  isShown(key: string): boolean;
  forget(key: string): void;
}

interface Episode {
  generation: number;
  reason: string;
  /** Monotonic time; -Infinity where an earlier process saw it begin. */
  since: number;
}

/** `afterMs`: for how long an object fails or waits with one reason and one generation before it is Stalled. */
export function createLongFailures(clock: Clock, afterMs: number): LongFailures {
  const episodes = new Map<string, Episode>();
  const lasts = ({ since }: Episode) => clock.monotonic() - since >= afterMs;

  function episodeOf(key: string, object: StatusObject, reason: string): Episode {
    const generation = object.metadata.generation ?? 0;
    const known = episodes.get(key);
    if (known?.reason === reason && known.generation === generation) return known;
    return { generation, reason, since: isShownAsStalled(object, reason) ? -Infinity : clock.monotonic() };
  }

  return {
    judge(key, object, outcome) {
      // A conflict says nothing about the object, neither that it fails nor that it has stopped failing.
      if (isQuiet(outcome)) return outcome;
      if ((outcome.kind !== "failure" && outcome.kind !== "waiting") || isTerminal(outcome)) {
        episodes.delete(key);
        return outcome;
      }
      const { reason, message } = outcome;
      const episode = episodeOf(key, object, reason);
      episodes.set(key, episode);
      return lasts(episode) ? { kind: "failure", reason, message, terminal: true } : outcome;
    },
    remainingMs(key) {
      const episode = episodes.get(key);
      return episode === undefined || lasts(episode) ? undefined : afterMs - (clock.monotonic() - episode.since);
    },
    isShown(key) {
      const episode = episodes.get(key);
      return episode !== undefined && lasts(episode);
    },
    forget: (key) => void episodes.delete(key),
  };
}

/** A restart of the operator is no reason to call an object Reconciling again. */
function isShownAsStalled({ metadata, status }: StatusObject, reason: string): boolean {
  const stalled = findCondition(status, "Stalled");
  return stalled?.reason === reason && stalled.observedGeneration === metadata.generation;
}
