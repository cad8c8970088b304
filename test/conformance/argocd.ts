/** Reads what argocd/argocd-cm-patch.yaml configures Argo CD to do with the operator's kinds. */
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { GROUP } from "../../operator/api/names.ts";
import type { KubeObject } from "../../operator/kube/object.ts";
import { argoHealth, type ArgoHealth } from "../tools/judges.ts";

export interface ArgoScripts {
  health: string;
  discovery: string;
  /** Actions by name. */
  actions: ReadonlyMap<string, string>;
}

interface Actions {
  "discovery.lua": string;
  definitions: { name: string; "action.lua": string }[];
}

/** Throws for a kind that the file does not configure. */
export function scriptsFor(kind: string): ArgoScripts {
  const file = new URL("../../argocd/argocd-cm-patch.yaml", import.meta.url);
  const { data } = load(readFileSync(file, "utf8")) as { data: Record<string, string> };
  const key = (what: string) => `resource.customizations.${what}.${GROUP}_${kind}`;
  const { [key("health")]: health, [key("actions")]: text } = data;
  if (health === undefined || text === undefined) throw new Error(`argocd-cm-patch.yaml does not configure ${kind}`);
  const actions = load(text) as Actions;
  return {
    health,
    discovery: actions["discovery.lua"],
    actions: new Map(actions.definitions.map((definition) => [definition.name, definition["action.lua"]])),
  };
}

/** The health that Argo CD shows for each object under this configuration. */
export function argoHealthOf(objects: readonly KubeObject[]): Promise<ArgoHealth[]> {
  return argoHealth(objects.map((object) => ({ object, health: scriptsFor(object.kind).health })));
}
