/**
 * Stands in for scheduler and kubelet, as the test control plane has no node, for the Pods of one namespace. Runs each
 * container as a process of this machine, with the token of the Pod's ServiceAccount, and writes the result of its
 * readiness probe into the Pod's status.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../../operator/kube/client.ts";
import { isNotFound } from "../../../operator/kube/errors.ts";
import type { Resource } from "../../../operator/kube/object.ts";
import type { ControlPlane } from "../../controlplane/index.ts";
import type { NodeProcess } from "../../integration/support/process/process.ts";
import { startContainer, writeTokenKubeconfig, type RunningContainer } from "./container.ts";
import { containerOf, PODS, type Pod } from "./workload.ts";

const POLL_MS = 100;
const BINDINGS: Resource = { group: "", version: "v1", kind: "Binding", plural: "bindings", namespaced: true };

/** Disposing ends all processes. */
export interface Node extends AsyncDisposable {
  /** The processes of all Pods so far, oldest first. */
  processes(): NodeProcess[];
  /** The processes of the Pods that exist now. */
  running(): NodeProcess[];
}

export interface NodeOptions {
  controlPlane: ControlPlane;
  kube: KubeClient;
  namespace: string;
  /** The bundle, which the image contains. */
  bundle: string;
}

interface Running extends RunningContainer {
  /** The readiness in the Pod's status. */
  reported?: boolean;
}

export async function startNode({ controlPlane, kube, namespace, bundle }: NodeOptions): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-node-"));
  const running = new Map<string, Running>();
  const processes: NodeProcess[] = [];
  const stopped = new AbortController();

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await controlPlane.kubectl([`--namespace=${namespace}`, ...args]);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  async function start({ metadata: { name }, spec }: Pod): Promise<void> {
    const token = await kubectl("create", "token", spec.serviceAccountName);
    const kubeconfigPath = join(folder, name);
    await writeTokenKubeconfig(controlPlane.kubeconfig, token, kubeconfigPath);
    const metadata = { namespace, name };
    const target = { apiVersion: "v1", kind: "Node", name: "node" };
    const binding = { apiVersion: "v1", kind: "Binding", metadata, target };
    await kube.create(BINDINGS, binding);
    const container = await startContainer(containerOf(spec), { bundle, kubeconfigPath });
    processes.push(container.process);
    running.set(name, container);
  }

  async function end({ metadata: { name } }: Pod): Promise<void> {
    const container = running.get(name);
    container?.process.child.kill("SIGTERM");
    await container?.process.exited;
    running.delete(name);
    await kubectl("delete", "pod", name, "--force", "--grace-period=0", "--ignore-not-found");
  }

  async function report({ metadata: { name } }: Pod, container: Running): Promise<void> {
    const ready = await container.isReady();
    if (ready === container.reported) return;
    container.reported = ready;
    const conditions = [
      { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: new Date().toISOString() },
    ];
    await kube.mergePatch(
      PODS,
      { namespace, name },
      { status: { phase: "Running", conditions } },
      { subresource: "status" },
    );
  }

  async function playKubelet(pod: Pod): Promise<void> {
    const container = running.get(pod.metadata.name);
    if (pod.metadata.deletionTimestamp !== undefined) await end(pod);
    else if (container === undefined) await start(pod);
    else await report(pod, container);
  }

  const working = (async () => {
    while (!stopped.signal.aborted) {
      const { items } = await kube.list<Pod>(PODS, { namespace });
      await Promise.all(
        items.map((pod) =>
          playKubelet(pod).catch((error: unknown) => {
            // A Pod may be deleted during a pass.
            if (!isNotFound(error)) throw error;
          }),
        ),
      );
      await sleep(POLL_MS);
    }
  })();
  // A rejection is thrown at the disposal.
  working.catch(() => {});

  return {
    processes: () => processes,
    running: () => [...running.values()].map(({ process }) => process),
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await Promise.all([...running.values()].map(({ process }) => process.kill()));
      await rm(folder, { recursive: true, force: true });
      await working;
    },
  };
}
