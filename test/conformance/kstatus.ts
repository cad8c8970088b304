import type { StatusObject } from "../../operator/kube/object.ts";

export type KStatus = "Current" | "InProgress" | "Failed" | "Terminating";

/**
 * The status that Helm 4, Flux and other users of kstatus compute for an object: the rules of `Compute` for unknown kinds.
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/status/generic.go
 * The order of rules and conditions matters.
 */
export function kstatus({ metadata, status }: StatusObject): KStatus {
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  const { observedGeneration, conditions = [] } = status ?? {};
  if (observedGeneration !== undefined && observedGeneration !== metadata.generation) return "InProgress";
  for (const condition of conditions) {
    if (condition.type === "Reconciling" && condition.status === "True") return "InProgress";
    if (condition.type === "Stalled" && condition.status === "True") return "Failed";
  }
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready === undefined || ready.status === "True") return "Current";
  return "InProgress";
}
