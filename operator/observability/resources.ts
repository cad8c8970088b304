import type { StatusObject } from "../kube/object.ts";
import type { Reconcile } from "../kube/reconcile.ts";
import type { OnChange } from "../kube/reflector.ts";
import type { Metrics } from "./metrics.ts";

/** Updates the metrics of each object that a watch reports, then calls `next`. */
export function observed<T extends StatusObject>(metrics: Metrics, next: OnChange<T>): OnChange<T> {
  return (type, object, old) => {
    if (type === "deleted") metrics.remove(object.kind, object.metadata);
    else metrics.observed(object);
    next(type, object, old);
  };
}

/** Records the time of each reconcile that ends as "done". */
export function synced<T extends StatusObject>(metrics: Metrics, reconcile: Reconcile<T>): Reconcile<T> {
  return async (context) => {
    const outcome = await reconcile(context);
    if (outcome.kind === "done") metrics.synced(context.object.kind, context.key);
    return outcome;
  };
}
