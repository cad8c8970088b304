import type { Span, SpanOptions } from "@opentelemetry/api";
import { markFailed } from "../tracing.ts";
import type { Outcome } from "./outcome.ts";
import { isQuiet } from "./outcome-effects.ts";
import type { KubeObject } from "./object.ts";

/** Of one reconcile. It has no parent: nothing that a user writes can make it part of another trace. */
export function reconcileSpan(
  controller: string,
  { kind, metadata: { namespace, name } }: KubeObject,
  reconcileID: string,
): { name: string; options: SpanOptions } {
  const object = { "k8s.namespace.name": namespace, "k8s.object.kind": kind, "k8s.object.name": name };
  const attributes = { controller, ...object, "reconcile.id": reconcileID };
  return { name: `Reconcile ${kind}`, options: { root: true, attributes } };
}

/** Failed is what people or alerts are told of: not a conflict that is simply tried again. */
export function noteOutcome(span: Span, outcome: Outcome): void {
  const reason = "reason" in outcome ? outcome.reason : undefined;
  span.setAttributes({ "reconcile.outcome": outcome.kind, "reconcile.reason": reason });
  const failed = outcome.kind === "failure" && !isQuiet(outcome);
  if (failed && reason !== undefined) markFailed(span, reason);
}
