/**
 * Shows a failure that lasts as Stalled, while the operator still retries. Argo CD in a sync wave, for example, waits
 * forever for an object that is only Reconciling, and never applies the commit that would fix it.
 */

import type { Clock } from "../clock.ts";
import { findCondition } from "./conditions.ts";
import type { StatusObject } from "./object.ts";
import { isQuiet, isTerminal } from "./outcome-effects.ts";
import type { Outcome } from "./outcome.ts";

export interface LongFailures {
  /** Returns the outcome for status, log and events. Call once per reconcile. */
  judge(key: string, object: StatusObject, outcome: Outcome): Outcome;
  /** Milliseconds until the key's failure is shown as Stalled; undefined if there is none, or it is shown already. */
  remainingMs(key: string): number | undefined;
  /** Whether the key's failure is shown as Stalled, and still retried. */
  isShown(key: string): boolean;
  forget(key: string): void;
}

interface Episode {
  generation: number;
  reason: string;
  /** Monotonic time; -Infinity if an earlier process saw the start. */
  since: number;
}

/** `afterMs`: time with the same reason and generation after which a failing or waiting object is Stalled. */
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
      // Says nothing about the object, such as a conflict.
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

/** After a restart of the operator the object stays Stalled. */
function isShownAsStalled({ metadata, status }: StatusObject, reason: string): boolean {
  const stalled = findCondition(status, "Stalled");
  return stalled?.reason === reason && stalled.observedGeneration === metadata.generation;
}
