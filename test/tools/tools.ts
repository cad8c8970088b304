/**
 * The programs that tests run. Each has a Go module here, so that their versions do not conflict. A new one takes a
 * folder and an entry.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Patch } from "./modules.ts";

export interface Tool {
  /** The Go package of its main function: in a module that its go.mod requires, or "." for sources in the folder. */
  goPackage: string;
  /** Go variables that the linker sets, by full name; "" stands for the version of `module`. */
  variables?: Readonly<Record<string, string>>;
  /** The module with the version of the tool. */
  module?: string;
  /** Values of go build's -tags. */
  tags?: string;
  /** Lines that the build adds to sources of `module`. */
  patches?: readonly Patch[];
  /** Only a command such as `make clients` needs it, so that `make test` does not build it. */
  onDemand?: true;
}

/** A controller of Flux, whose main package is its module. */
function fluxController(name: string): Tool {
  return { goPackage: `github.com/fluxcd/${name}`, module: `github.com/fluxcd/${name}`, onDemand: true };
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
      // The version that `helm template` assumes for the cluster: that of the client library in its go.mod. Otherwise
      // 1.20.
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
    // Leaves out service discovery, whose cloud clients are half of the program.
    tags: "remove_all_sd",
  },
  flux: { goPackage: "." },
  lua: { goPackage: "." },
  restic: { goPackage: "github.com/restic/restic/cmd/restic", module: "github.com/restic/restic", onDemand: true },
  registry: {
    goPackage: "github.com/distribution/distribution/v3/cmd/registry",
    module: "github.com/distribution/distribution/v3",
    onDemand: true,
  },
  rclone: { goPackage: ".", onDemand: true },
  versitygw: {
    goPackage: "github.com/versity/versitygw/cmd/versitygw",
    module: "github.com/versity/versitygw",
    variables: { "main.Version": "" },
    patches: [
      {
        // Its IAM server fetches the keys of an issuer only from public addresses, on port 443. The issuer of the tests
        // listens on a socket in the working directory.
        file: "iamapi/internal/iamutil/webidentity.go",
        after: "DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {",
        add: 'return dialer.DialContext(ctx, "unix", "issuer.sock")',
      },
      {
        // It lacks this key of each request to S3, without which the statements of a BucketAccess do not apply.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
        file: "auth/condition_context.go",
        after: "condCtx := map[string][]string{",
        add: '"aws:ResourceAccount": {"000000000000"},',
      },
    ],
    onDemand: true,
  },
  "source-controller": fluxController("source-controller"),
  "kustomize-controller": fluxController("kustomize-controller"),
  "helm-controller": fluxController("helm-controller"),
  argocd: {
    goPackage: "github.com/argoproj/argo-cd/v3/cmd",
    module: "github.com/argoproj/argo-cd/v3",
    // Without the v: its API server refuses its own clients otherwise.
    variables: { "github.com/argoproj/argo-cd/v3/common.version": "3.2.11" },
    onDemand: true,
  },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools) as ToolName[];

/** Whether `make test` needs it. */
export function isForEveryTest(name: ToolName): boolean {
  const { onDemand }: Tool = tools[name];
  return onDemand === undefined;
}

/** Its folder: go.mod, go.sum, and sources of our own tools. */
export function folderOf(name: ToolName): string {
  return join(import.meta.dirname, name);
}

/** The value of go build's -ldflags. */
export function linkerFlags(name: ToolName): string {
  const { variables = {}, module = "" }: Tool = tools[name];
  const version = pinnedVersion(readFileSync(join(folderOf(name), "go.mod"), "utf8"), module);
  return ["-s -w", ...Object.entries(variables).map(([key, value]) => `-X ${key}=${value || version}`)].join(" ");
}

/** The value of go build's -tags; "" for none. */
export function buildTags(name: ToolName): string {
  const { tags = "" }: Tool = tools[name];
  return tags;
}

/** "" without patches, so that they do not change the names of other tools' files. */
export function patchesText(name: ToolName): string {
  const patches = patchesOf(name);
  return patches.length === 0 ? "" : JSON.stringify(patches);
}

export function patchesOf(name: ToolName): readonly Patch[] {
  const { patches = [] }: Tool = tools[name];
  return patches;
}

function pinnedVersion(goMod: string, module: string): string {
  return goMod.match(new RegExp(`^(?:require)?\\s+${module.replaceAll(".", "\\.")} (v[^\\s]+)`, "m"))?.[1] ?? "unknown";
}
