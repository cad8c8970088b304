/** The manifests of examples/gitops for Argo CD and Flux, checked against their own CRDs. */
import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { beforeAll, expect, test } from "vitest";
import type { KubeObject } from "../../../operator/kube/object.ts";
import { findForeignCrds } from "../../tools/crds.ts";
import { eventually } from "../support/expect/wait.ts";
import { accountOf, accountSpecOf } from "../support/world/examples.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { ensureNamespace } from "../support/world/namespace.ts";
import { createWorld, type World } from "../support/world/world.ts";

interface Values {
  account: { spec: { workloadIdentity?: object } };
}

interface Application {
  spec: { source: { helm: { valuesObject: Values } } };
}

interface HelmRelease {
  spec: { values: Values };
}

const MANIFESTS = ["argocd-application", "flux-helmrelease", "flux-kustomization"].map(
  (name) => `examples/gitops/${name}.yaml`,
);

let crds: string;
beforeAll(async () => {
  crds = await findForeignCrds();
  // The first run downloads them.
}, 300_000);

/** Installs the CRDs of the tools. */
async function ensureNamespaces(world: World, file: string): Promise<void> {
  const objects = loadAll(readFileSync(file, "utf8")) as KubeObject[];
  const names = new Set(objects.map(({ metadata }) => metadata.namespace ?? "default"));
  for (const name of names) await ensureNamespace(world, name);
}

test.each(MANIFESTS)("the API server accepts %s with strict validation", async (file) => {
  await using world = await createWorld();
  const { code, stderr } = await kubectl(world, "apply", "--server-side", `--filename=${crds}`);
  expect(code, stderr).toBe(0);
  await ensureNamespaces(world, file);
  const dryRun = ["--server-side", "--dry-run=server", "--validate=strict", "--namespace=", `--filename=${file}`];
  const result = await eventually(
    () => kubectl(world, "apply", ...dryRun),
    // A new CRD is not served at once.
    (last) => !last.stderr.includes("no matches for kind"),
    (last) => JSON.stringify(last),
  );
  expect(result.code, result.stderr).toBe(0);
});

test("the chart's values in the examples of both tools give the AWSAccount what the example's BucketAccess needs", () => {
  const objects = (name: string): unknown[] => loadAll(readFileSync(`examples/gitops/${name}.yaml`, "utf8"));
  const [application] = objects("argocd-application") as [Application];
  const [, release] = objects("flux-helmrelease") as [unknown, HelmRelease];
  for (const { account } of [application.spec.source.helm.valuesObject, release.spec.values]) {
    expect(account.spec.workloadIdentity).toBeDefined();
    expect(accountSpecOf(accountOf("gitops")).workloadIdentity).toMatchObject(account.spec.workloadIdentity ?? {});
  }
});
