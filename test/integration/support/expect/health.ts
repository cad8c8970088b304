import { expect } from "vitest";
import type { StatusObject } from "../../../../operator/kube/object.ts";
import { argoHealthOf } from "../../../conformance/argocd.ts";
import { kstatus, type KStatus } from "../../../conformance/kstatus.ts";
import { isReadyToKubectl } from "../../../conformance/kubectl-wait.ts";
import { kstatusOf, type ArgoHealth } from "../../../tools/judges.ts";
import { kubectl } from "../world/kubectl.ts";
import type { World } from "../world/world.ts";

/** The health of an object according to the tools that wait for it. */
export interface Health {
  /** Helm 4 and Flux. */
  kstatus: KStatus;
  /** Whether `kubectl wait --for=condition=Ready` succeeds. */
  ready: boolean;
  /** Argo CD, with the health checks of argocd/. */
  argocd: ArgoHealth["status"];
}

/**
 * Asks all tools about the object, which must be the present state at the API server, as the real kubectl reads it
 * there.
 */
export async function expectHealth(world: World, object: StatusObject, health: Health): Promise<void> {
  const context = JSON.stringify(object.status);
  const target = `${object.kind.toLowerCase()}/${object.metadata.name}`;
  const wait = await kubectl(world, "wait", target, "--for=condition=Ready", "--timeout=0s");
  const [byFlux] = await kstatusOf([object]);
  const [byArgo] = await argoHealthOf([object]);
  expect({ kstatus: byFlux, ready: wait.code === 0, argocd: byArgo?.status }, context).toEqual(health);
  expect(kstatus(object), "our kstatus agrees with the library").toBe(health.kstatus);
  expect(isReadyToKubectl(object), "our kubectl wait agrees with kubectl").toBe(health.ready);
}
