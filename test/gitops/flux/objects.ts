/** The fields of Flux's objects that the tests read. https://fluxcd.io/flux/components/ */
import type { CommonStatus, Resource, StatusObject } from "../../../operator/kube/object.ts";
import { objectsIn } from "../../integration/support/world/examples.ts";

interface FluxStatus extends CommonStatus {
  /** Value of {@link REQUESTED_AT} whose reconcile has ended. */
  lastHandledReconcileAt?: string;
  /** Of a GitRepository. */
  artifact?: { revision: string };
  /** Of a Kustomization. */
  lastAppliedRevision?: string;
  lastAttemptedRevision?: string;
  /** Of a HelmRelease: newest first. */
  history?: { chartVersion: string; status: string; version: number }[];
}

export interface FluxObject extends StatusObject<FluxStatus> {
  spec: Record<string, unknown>;
}

/** The annotation that starts a reconcile. https://fluxcd.io/flux/components/kustomize/kustomizations/ */
export const REQUESTED_AT = "reconcile.fluxcd.io/requestedAt";

export const GIT_REPOSITORIES: Resource = {
  group: "source.toolkit.fluxcd.io",
  version: "v1",
  kind: "GitRepository",
  plural: "gitrepositories",
  namespaced: true,
};

export const KUSTOMIZATIONS: Resource = {
  group: "kustomize.toolkit.fluxcd.io",
  version: "v1",
  kind: "Kustomization",
  plural: "kustomizations",
  namespaced: true,
};

export const HELM_RELEASES: Resource = {
  group: "helm.toolkit.fluxcd.io",
  version: "v2",
  kind: "HelmRelease",
  plural: "helmreleases",
  namespaced: true,
};

/** An object of Flux's examples in examples/gitops. */
export function exampleObject({ kind }: Resource, name: string): FluxObject {
  const files = ["gitops/flux-helmrelease.yaml", "gitops/flux-kustomization.yaml"];
  const objects = files.flatMap(objectsIn) as FluxObject[];
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`No example has the ${kind} ${name}`);
  return found;
}

/** Whether the last reconcile has ended for the spec as it is, and succeeded. */
export function isDone({ metadata, status }: FluxObject): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    status?.conditions?.find(({ type }) => type === "Ready")?.status === "True"
  );
}

/** Whether a Kustomization is ready at this revision. */
export function isAt(revision: string): (object: FluxObject) => boolean {
  return (object) => isDone(object) && object.status?.lastAppliedRevision === revision;
}

/** Whether a Kustomization has failed at this revision, for this reason. */
export function hasFailed(revision: string, reason: string): (object: FluxObject) => boolean {
  return ({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return status?.lastAttemptedRevision === revision && ready?.status === "False" && ready.reason === reason;
  };
}
