import { expect } from "vitest";
import type { CommonStatus, Resource, StatusObject } from "../../../operator/kube/object.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { objectsIn } from "../../integration/support/world/examples.ts";
import { recordStatuses } from "../../integration/support/world/recorder.ts";
import type { Platform } from "../platform.ts";
import { ARGOCD } from "./argocd.ts";

const APPLICATIONS: Resource = {
  group: "argoproj.io",
  version: "v1alpha1",
  kind: "Application",
  plural: "applications",
  namespaced: true,
};

const REFRESH = "argocd.argoproj.io/refresh";

/** The fields that the tests read. https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
export interface Application extends StatusObject<ApplicationStatus> {
  spec: {
    source: { repoURL: string; targetRevision: string; path: string; helm?: { valuesObject: object } };
    destination: { server: string; namespace: string };
    syncPolicy?: object;
  };
}

interface ApplicationStatus extends CommonStatus {
  sync?: { status: "Synced" | "OutOfSync" | "Unknown"; revision: string };
  health?: { status: string };
  resources?: ApplicationResource[];
  operationState?: {
    phase: "Running" | "Succeeded" | "Failed" | "Error" | "Terminating";
    message?: string;
    retryCount?: number;
    startedAt: string;
    finishedAt?: string;
    syncResult?: { revision: string; resources?: { kind: string; name: string; status: string; message?: string }[] };
  };
}

export interface ApplicationResource {
  kind: string;
  name: string;
  status: "Synced" | "OutOfSync";
  health?: { status: string; message?: string };
  requiresPruning?: boolean;
}

/** The Applications of a platform. */
export interface Applications extends Disposable {
  apply(application: Application): Promise<void>;
  /** Compares with Git now, as a webhook of the repository does. */
  refresh(name: string): Promise<void>;
  /** Compares again, and asserts that Git and the cluster are the same. */
  expectNoDifference(name: string): Promise<void>;
  /** https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#resource-pruning-with-confirmation */
  approveDeletion(name: string): Promise<void>;
  /** Deletes it with its objects. https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/ */
  delete(name: string): Promise<void>;
  /** Resolves when `accept` returns true for a state; fails with the last one. */
  when(name: string, accept: (application: Application) => boolean, timeoutMs?: number): Promise<Application>;
  whenGone(name: string): Promise<void>;
  /** Every state, oldest first. */
  history(name: string): Application[];
}

export async function applicationsOf({ kube }: Platform): Promise<Applications> {
  const recorder = recordStatuses<Application>(kube, ARGOCD, APPLICATIONS);
  await recorder.started;
  const key = (name: string) => ({ namespace: ARGOCD, name });
  const get = (name: string) => kube.get<Application>(APPLICATIONS, key(name));
  const annotate = (name: string, annotations: Record<string, string>) =>
    kube.mergePatch<Application>(APPLICATIONS, key(name), { metadata: { annotations } });
  const refresh = (name: string) => annotate(name, { [REFRESH]: "hard" });
  return {
    async apply(application) {
      await kube.apply(APPLICATIONS, application, { fieldManager: "test", force: true });
    },
    async refresh(name) {
      await refresh(name);
    },
    async expectNoDifference(name) {
      await refresh(name);
      // Argo CD removes the annotation together with its result.
      const isCompared = ({ metadata }: Application) => metadata.annotations?.[REFRESH] === undefined;
      const compared = await eventually(() => get(name), isCompared, describe);
      expect(compared.status?.sync?.status, describe(compared)).toBe("Synced");
    },
    async approveDeletion(name) {
      await annotate(name, { "argocd.argoproj.io/deletion-approved": new Date().toISOString() });
    },
    async delete(name) {
      await kube.mergePatch(APPLICATIONS, key(name), {
        metadata: { finalizers: ["resources-finalizer.argocd.argoproj.io"] },
      });
      await kube.delete(APPLICATIONS, key(name));
    },
    when: (name, accept, timeoutMs = 120_000) => recorder.when(name, accept, timeoutMs),
    whenGone: (name) => recorder.whenGone(name, 120_000),
    history: (name) => recorder.of(name),
    [Symbol.dispose]: () => recorder.stop(),
  };
}

function describe(application: Application | undefined): string {
  const { sync, health, resources, conditions, operationState } = application?.status ?? {};
  return JSON.stringify({ sync, health, resources, conditions, operationState }, undefined, 1);
}

export function isHealthy({ status }: Application): boolean {
  return status?.sync?.status === "Synced" && status.health?.status === "Healthy";
}

/** Whether the last operation has ended, and has synced this commit, which is healthy. */
export function isSynced(commit: string): (application: Application) => boolean {
  return (application) => {
    const { sync, operationState } = application.status ?? {};
    return isHealthy(application) && sync?.revision === commit && operationState?.phase === "Succeeded";
  };
}

/** An Application of examples/gitops, from this repository. */
export function exampleApplication(name: string, { repository }: Platform): Application {
  const objects = objectsIn("gitops/argocd-application.yaml") as Application[];
  const found = objects.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`No example has the Application ${name}`);
  const source = { ...found.spec.source, repoURL: repository.url, targetRevision: "main" };
  return { ...found, spec: { ...found.spec, source } };
}
