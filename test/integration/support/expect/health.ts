import { expect } from "vitest";
import type { StatusObject } from "../../../../operator/kube/object.ts";
import { argoHealthOf } from "../../../conformance/argocd.ts";
import { isReadyToKubectl } from "../../../conformance/kubectl-wait.ts";
import { kstatus, type KStatus } from "../../../conformance/kstatus.ts";
import { type ArgoHealth, kstatusOf } from "../../../tools/judges.ts";
import { kubectl } from "../world/kubectl.ts";
import type { World } from "../world/world.ts";

/** What those see in an object who wait for it. */
export interface Health {
  /** Helm 4 and Flux. */
  kstatus: KStatus;
  /** Whether `kubectl wait --for=condition=Ready` is content. */
  ready: boolean;
  /** Argo CD, with the health checks of argocd/. */
  argocd: ArgoHealth["status"];
}

/** Asks all of them about the object, which the API server must still have as it is here: the real kubectl asks it. */
export async function expectHealth(world: World, object: StatusObject, health: Health): Promise<void> {
  const context = JSON.stringify(object.status);
  const target = `${object.kind.toLowerCase()}/${object.metadata.name}`;
  const wait = await kubectl(world, "wait", target, "--for=condition=Ready", "--timeout=0s");
  const [byFlux] = await kstatusOf([object]);
  const [byArgo] = await argoHealthOf([object]);
  expect({ kstatus: byFlux, ready: wait.code === 0, argocd: byArgo?.status }, context).toEqual(health);
  expect(kstatus(object), "our notion of kstatus is kstatus").toBe(health.kstatus);
  expect(isReadyToKubectl(object), "our notion of kubectl wait is kubectl's").toBe(health.ready);
}
