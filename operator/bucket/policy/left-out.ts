import { REASON } from "../../api/reasons.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { Contributions } from "../dependencies.ts";
import { contributorOf, contributorsIn, type Refusal } from "./contributors.ts";

/**
 * In-memory record of the BucketAccesses whose statements AWS does not take. They are left out of the policies, so that
 * the S3Bucket and other BucketAccesses are Ready without them. A restart loses it, which costs one refused write.
 */
export interface LeftOut {
  /** Call when AWS refused BucketAccesses of the bucket. `statements`: all that BucketAccesses contribute to it. */
  leaveOut(bucketUid: string, refusals: readonly Refusal[], statements: readonly Statement[]): void;
  /** The contributions without what is left out. Forgets BucketAccesses that have changed since, or are gone. */
  admitted(bucketUid: string, contributions: Contributions): Contributions;
  /** Milliseconds until each may be tried again. */
  triesOf(bucketUid: string): { contributor: string; inMs: number }[];
  /** AWS takes the statements after all. */
  admit(bucketUid: string, contributor: string): void;
  /** Why the statements of a BucketAccess are left out; undefined if they are not. */
  failureOf(bucketUid: string, statements: readonly Statement[]): Failure | undefined;
  forget(bucketUid: string): void;
}

interface Entry {
  refusal: Refusal;
  /** An edit of the BucketAccess changes it. */
  statements: string;
  since: number;
  triedAt: number;
}

/** `now`: monotonic, in milliseconds. `onChange`: BucketAccesses of the bucket have something new to tell. */
export function createLeftOut(now: () => number, onChange: (bucketUid: string) => void): LeftOut {
  const buckets = new Map<string, Map<string, Entry>>();
  const entriesOf = (uid: string) => buckets.get(uid) ?? new Map<string, Entry>();

  return {
    leaveOut(uid, refusals, all) {
      const entries = entriesOf(uid);
      const before = new Map(entries);
      buckets.set(uid, entries);
      for (const refusal of refusals) {
        const { contributor } = refusal;
        const statements = textOf(all, contributor);
        const former = before.get(contributor);
        const same = former?.statements === statements ? former : undefined;
        const named = same?.refusal.principal === undefined ? {} : { principal: same.refusal.principal };
        const since = same?.since ?? now();
        entries.set(contributor, { refusal: { ...named, ...refusal }, statements, since, triedAt: now() });
      }
      if (refusals.some(({ contributor }) => !isSame(before.get(contributor), entries.get(contributor)))) onChange(uid);
    },
    admitted(uid, contributions) {
      const entries = entriesOf(uid);
      for (const [contributor, { statements }] of entries) {
        if (textOf(contributions.bucketPolicy, contributor) !== statements) entries.delete(contributor);
      }
      const isAdmitted = (each: Statement) => !entries.has(contributorOf(each) ?? "");
      const { bucketPolicy, keyPolicy } = contributions;
      return {
        ...contributions,
        bucketPolicy: bucketPolicy.filter(isAdmitted),
        keyPolicy: keyPolicy.filter(isAdmitted),
      };
    },
    triesOf: (uid) =>
      [...entriesOf(uid)].map(([contributor, { since, triedAt }]) => {
        const delayMs = triedAt - since < DELAY_MS.newPrincipal ? DELAY_MS.unknownPrincipal : DELAY_MS.leftOut;
        return { contributor, inMs: Math.max(0, triedAt + delayMs - now()) };
      }),
    admit(uid, contributor) {
      entriesOf(uid).delete(contributor);
      onChange(uid);
    },
    failureOf(uid, statements) {
      const [contributor = ""] = contributorsIn(statements);
      const entry = entriesOf(uid).get(contributor);
      if (entry === undefined || entry.statements !== textOf(statements, contributor)) return undefined;
      return failureFor(entry.refusal, now() - entry.since);
    },
    forget: (uid) => void buckets.delete(uid),
  };
}

function isSame(before: Entry | undefined, after: Entry | undefined): boolean {
  return JSON.stringify([before?.refusal, before?.statements]) === JSON.stringify([after?.refusal, after?.statements]);
}

function textOf(statements: readonly Statement[], contributor: string): string {
  return JSON.stringify(statements.filter((each) => contributorOf(each) === contributor));
}

/** AWS refuses a policy in the same words whether a principal does not exist or is new. */
function failureFor({ tooLarge, principal }: Refusal, refusedForMs: number): Failure {
  if (tooLarge !== undefined) return { reason: REASON.policyTooLarge, message: tooLarge, terminal: true };
  const whom = principal === undefined ? "a principal of spec.principals" : `the principal '${principal}'`;
  if (refusedForMs < DELAY_MS.newPrincipal) {
    const message = `AWS does not know ${whom}, which may be new: the operator tries again every ${DELAY_MS.unknownPrincipal / 1_000} seconds`;
    return { reason: "NotYetVisible", message, retryAfterMs: DELAY_MS.unknownPrincipal };
  }
  const message = `AWS does not know ${whom}: correct spec.principals, or create it; the operator tries again every ${DELAY_MS.leftOut / 60_000} minutes`;
  return { reason: REASON.invalidPrincipal, message, terminal: true };
}
