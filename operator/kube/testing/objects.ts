import { Registry } from "prom-client";
import { createKubeMetrics } from "../metrics.ts";
import type { CommonStatus, ObjectMeta, Resource, StatusObject } from "../object.ts";

/** A kind for tests. */
export const WIDGETS: Resource = {
  group: "example.org",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
};

export interface Widget extends StatusObject<CommonStatus & { size?: number }> {
  spec?: { size?: number };
}

export const FINALIZER = "example.org/finalizer";

export function widget(name: string, metadata: Partial<ObjectMeta> = {}, rest: Partial<Widget> = {}): Widget {
  return {
    apiVersion: "example.org/v1",
    kind: "Widget",
    metadata: { namespace: "default", name, uid: `uid-of-${name}`, generation: 1, resourceVersion: "1", ...metadata },
    ...rest,
  };
}

export const testMetrics = () => createKubeMetrics(new Registry());
