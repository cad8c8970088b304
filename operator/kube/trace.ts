import type { Span, SpanOptions } from "@opentelemetry/api";
import { markFailed } from "../tracing.ts";
import type { KubeObject } from "./object.ts";
import { isQuiet } from "./outcome-effects.ts";
import type { Outcome } from "./outcome.ts";

/** The span of one reconcile. It has no parent: a manifest cannot make it part of another trace. */
export function reconcileSpan(
  controller: string,
  { kind, metadata: { namespace, name } }: KubeObject,
  reconcileID: string,
): { name: string; options: SpanOptions } {
  const object = { "k8s.namespace.name": namespace, "k8s.object.kind": kind, "k8s.object.name": name };
  const attributes = { controller, ...object, "reconcile.id": reconcileID };
  return { name: `Reconcile ${kind}`, options: { root: true, attributes } };
}

/** A quiet failure, such as a conflict that is retried, does not mark the span as failed. */
export function noteOutcome(span: Span, outcome: Outcome): void {
  const reason = "reason" in outcome ? outcome.reason : undefined;
  span.setAttributes({ "reconcile.outcome": outcome.kind, "reconcile.reason": reason });
  const failed = outcome.kind === "failure" && !isQuiet(outcome);
  if (failed && reason !== undefined) markFailed(span, reason);
}
