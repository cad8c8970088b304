import type { StatusObject } from "../../operator/kube/object.ts";

/**
 * Whether `kubectl wait --for=condition=Ready` succeeds: checkCondition and getObservedGeneration of
 * https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/wait/condition.go
 */
export function isReadyToKubectl({ metadata, status }: StatusObject): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined) return false;
  const observed = ready.observedGeneration ?? status?.observedGeneration;
  if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
  return ready.status === "True";
}
