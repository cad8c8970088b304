import type { Clock } from "../clock.ts";
import { describeDenial, isPublicAccessBlocked, parseDenial } from "./denial.ts";
import { awsErrorKind } from "./errors.ts";

/** An IAM action that AWS denied, and, as it was first seen, what AWS said and the statement to add. */
export interface DeniedAction {
  action: string;
  message: string;
}

/** What AWS denied one identity of late, learnt from the answers to what was called anyway. */
export interface Denials {
  /** Any error of a call; only denials that name an action count. */
  note(error: unknown): void;
  /** Sorted by action. */
  list(): DeniedAction[];
}

/** Longer than it takes until what was denied is tried again: the usual poll interval, with room for its jitter. */
const REMEMBERED_MS = 15 * 60_000;
/** As many as status has room for. */
const MAX_ACTIONS = 50;

/** `onNew` is called for an action that was not on the list. */
export function createDenials(clock: Clock, onNew: () => void): Denials {
  const denials = new Map<string, DeniedAction & { seenAt: number }>();

  const forgetOld = () => {
    for (const [action, { seenAt }] of denials) {
      if (clock.monotonic() - seenAt > REMEMBERED_MS) denials.delete(action);
    }
  };

  return {
    note: (error) => {
      if (awsErrorKind(error) !== "AccessDenied") return;
      const denial = parseDenial((error as Error).message);
      const { action } = denial;
      if (action === undefined || isPublicAccessBlocked(denial)) return;
      forgetOld();
      const known = denials.get(action);
      if (known === undefined && denials.size >= MAX_ACTIONS) return;
      denials.set(action, { action, message: known?.message ?? describeDenial(denial), seenAt: clock.monotonic() });
      if (known === undefined) onNew();
    },
    list: () => {
      forgetOld();
      return [...denials.values()]
        .map(({ action, message }) => ({ action, message }))
        .sort((a, b) => (a.action < b.action ? -1 : 1));
    },
  };
}
