import type { StatusObject } from "./kube/object.ts";
import type { OnChange } from "./kube/reflector.ts";
import type { Metrics } from "./observability/metrics.ts";

/** Keeps the condition metrics of a kind equal to what its watch reports, whoever wrote it. */
export function observed<T extends StatusObject>(metrics: Metrics, next: OnChange<T>): OnChange<T> {
  return (type, object, old) => {
    const { kind, metadata, status } = object;
    if (type === "deleted") metrics.remove(kind, metadata);
    else metrics.conditions(kind, metadata, status?.conditions ?? []);
    next(type, object, old);
  };
}
