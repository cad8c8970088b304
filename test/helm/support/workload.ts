import type { KubeObject, Resource } from "../../../operator/kube/object.ts";

export const PODS: Resource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

/**
 * The fields of a Deployment that the tests read:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/
 */
export interface Deployment extends KubeObject {
  spec: { replicas: number; template: { metadata: object; spec: PodSpec } };
}

export interface Pod extends KubeObject {
  spec: PodSpec;
}

export interface PodSpec {
  nodeName?: string;
  serviceAccountName: string;
  containers: Container[];
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  env?: { name: string; value?: string }[];
}

export function containerOf({ containers }: PodSpec): Container {
  const [container] = containers;
  if (container === undefined) throw new Error("The pod has no container");
  return container;
}
