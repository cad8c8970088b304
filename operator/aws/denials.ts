import type { Clock } from "../clock.ts";
import { describeDenial, isPublicAccessBlocked, parseDenial } from "./denial.ts";
import { awsErrorKind } from "./errors.ts";

/** An IAM action that AWS denied, with the description of its first denial. */
export interface DeniedAction {
  action: string;
  message: string;
}

/** Actions recently denied to one identity, collected from ordinary calls. */
export interface Denials {
  /** Takes any error of a call; only a denial that names an action counts. */
  note(error: unknown): void;
  /** Sorted by action. */
  list(): DeniedAction[];
}

/** Longer than the default poll interval with jitter, after which a denied action is tried again. */
const REMEMBERED_MS = 15 * 60_000;
/** Limit of the status field. */
const MAX_ACTIONS = 50;

/** Calls `onNew` for each action that is added to the list. */
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
