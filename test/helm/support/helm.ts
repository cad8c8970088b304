import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { KubeObject } from "../../../operator/kube/object.ts";
import { runCommand, type CommandResult } from "../../controlplane/command.ts";
import { findTool } from "../../tools/index.ts";

export const CHART = "charts/s3-operator";
export const HELMS = ["helm4", "helm3"] as const;
export type HelmName = (typeof HELMS)[number];

/** Helm without this user's settings. Disposing removes what it has stored outside the cluster. */
export interface Helm extends AsyncDisposable {
  /** A command that fails is a result, not an error. */
  run(...args: string[]): Promise<CommandResult>;
  /** Returns its stdout; throws its stderr. */
  output(...args: string[]): Promise<string>;
  /** The objects that the chart renders with these extra arguments, in a namespace named system. */
  template(...args: string[]): Promise<KubeObject[]>;
}

/** Without a kubeconfig it can only render. */
export async function createHelm(name: HelmName, kubeconfigPath = "/dev/null"): Promise<Helm> {
  const program = await findTool(name);
  const home = await mkdtemp(join(tmpdir(), "s3-operator-helm-"));
  const environment = {
    PATH: process.env["PATH"],
    HOME: home,
    KUBECONFIG: kubeconfigPath,
    HELM_CACHE_HOME: join(home, "cache"),
    HELM_CONFIG_HOME: join(home, "config"),
    HELM_DATA_HOME: join(home, "data"),
  };
  const run = (...args: string[]) => runCommand(program, args, { environment });
  const output = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`${name} ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  return {
    run,
    output,
    template: async (...args) =>
      objectsIn(await output("template", "s3-operator", CHART, "--namespace=system", ...args)),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** The objects in the documents of a YAML text. */
export function objectsIn(yaml: string): KubeObject[] {
  return (loadAll(yaml) as (KubeObject | null)[]).filter((object) => object !== null);
}

/** The only object of this kind (and name). */
export function only(objects: readonly KubeObject[], kind: string, name?: string): KubeObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  const [object] = found;
  if (object === undefined || found.length > 1)
    throw new Error(`${found.length} objects of kind ${kind} ${name ?? ""}`);
  return object;
}
