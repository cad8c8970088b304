/**
 * Argo CD's and Flux's judgement of objects: Lua under Argo CD's rules (lua/main.go), and Flux's own code
 * (flux/main.go).
 */
import { runCommand } from "../controlplane/command.ts";
import { findTool } from "./index.ts";
import type { ToolName } from "./tools.ts";

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/health/ */
export interface ArgoHealth {
  status: "Healthy" | "Progressing" | "Degraded" | "Suspended" | "Missing" | "Unknown";
  message?: string;
}

export interface ArgoAction {
  name: string;
  disabled?: boolean;
}

/** The health of each object by its health.lua. An object that is being deleted is judged by Argo CD alone. */
export function argoHealth(tasks: readonly { object: object; health: string }[]): Promise<ArgoHealth[]> {
  return judge("lua", tasks);
}

/** The actions that a discovery.lua offers for the object. */
export async function argoActions(object: object, discovery: string): Promise<ArgoAction[]> {
  const [offered = {}] = await judge<Record<string, Omit<ArgoAction, "name">>>("lua", [{ object, discovery }]);
  return Object.entries(offered).map(([name, action]) => ({ name, ...action }));
}

/** The object as changed by an action.lua. */
export async function argoAct(object: object, action: string): Promise<Record<string, object>> {
  const [changed = {}] = await judge<Record<string, object>>("lua", [{ object, action }]);
  return changed;
}

/** The status of each object by kstatus, with which Helm 4 and Flux wait. */
export function kstatusOf(objects: readonly object[]): Promise<string[]> {
  return judge(
    "flux",
    objects.map((status) => ({ status })),
  );
}

/** Throws unless the manifests are Kustomizations and GitRepositories of Flux, with known fields only. */
export async function checkFluxManifests(manifests: readonly object[]): Promise<void> {
  await judge(
    "flux",
    manifests.map((manifest) => ({ manifest })),
  );
}

async function judge<Result>(tool: ToolName, tasks: readonly object[]): Promise<Result[]> {
  const { code, stdout, stderr } = await runCommand(await findTool(tool), [], { input: JSON.stringify(tasks) });
  if (code !== 0) throw new Error(`${tool}: ${stderr.trim()}`);
  return JSON.parse(stdout) as Result[];
}
