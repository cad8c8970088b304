/** The programs that tests run, each with a Go module of its own here, so that their versions do not meet. Adding one takes a folder and an entry. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Tool {
  /** The Go package of its main function: of a module that its go.mod names, or "." for sources beside it. */
  goPackage: string;
  /** Go variables that the linker sets, by full name; "" where the version of `module` belongs. */
  variables?: Readonly<Record<string, string>>;
  /** The module whose version counts. */
  module?: string;
  /** For go build's -tags. */
  tags?: string;
}

export const tools = {
  helm4: {
    goPackage: "helm.sh/helm/v4/cmd/helm",
    module: "helm.sh/helm/v4",
    variables: { "helm.sh/helm/v4/internal/version.version": "" },
  },
  helm3: {
    goPackage: "helm.sh/helm/v3/cmd/helm",
    module: "helm.sh/helm/v3",
    variables: {
      "helm.sh/helm/v3/internal/version.version": "",
      // Of the client library in its go.mod: what `helm template` assumes the cluster to be. Otherwise 1.20.
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "36",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "36",
    },
  },
  promtool: {
    goPackage: "github.com/prometheus/prometheus/cmd/promtool",
    module: "github.com/prometheus/prometheus",
    variables: { "github.com/prometheus/common/version.Version": "" },
    // Half of it is clients of clouds, to find out there what is to be scraped.
    tags: "remove_all_sd",
  },
  flux: { goPackage: "." },
  lua: { goPackage: "." },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools) as ToolName[];

/** Its folder: go.mod, go.sum, and sources where it is our own. */
export function folderOf(name: ToolName): string {
  return join(import.meta.dirname, name);
}

/** For go build's -ldflags. */
export function linkerFlags(name: ToolName): string {
  const { variables = {}, module = "" }: Tool = tools[name];
  const version = pinnedVersion(readFileSync(join(folderOf(name), "go.mod"), "utf8"), module);
  return ["-s -w", ...Object.entries(variables).map(([key, value]) => `-X ${key}=${value || version}`)].join(" ");
}

/** For go build's -tags; "" for none. */
export function buildTags(name: ToolName): string {
  const { tags = "" }: Tool = tools[name];
  return tags;
}

function pinnedVersion(goMod: string, module: string): string {
  return goMod.match(new RegExp(`^(?:require)?\\s+${module.replaceAll(".", "\\.")} (v[^\\s]+)`, "m"))?.[1] ?? "unknown";
}
