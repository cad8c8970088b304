/** Checks docs/gitops.md and examples/gitops with the code of Argo CD, Flux and kstatus. */
import { existsSync, readFileSync } from "node:fs";
import { load, loadAll } from "js-yaml";
import { beforeAll, expect, test } from "vitest";
import { GROUP } from "../../operator/api/names.ts";
import type { StatusObject } from "../../operator/kube/object.ts";
import { argoHealthOf } from "../conformance/argocd.ts";
import { isReadyToKubectl } from "../conformance/kubectl-wait.ts";
import { findTool } from "../tools/index.ts";
import { checkFluxManifests, kstatusOf } from "../tools/judges.ts";

/** The first run has to build the tools. */
const BUILD_MS = 20 * 60_000;
const ROOT = new URL("../../", import.meta.url);
const KINDS = ["AWSAccount", "BucketAccess", "S3Bucket"];

beforeAll(async () => {
  await findTool("flux");
  await findTool("lua");
}, BUILD_MS);

/** The rows of the page's table: the cells without blanks and code marks. */
function rows(): string[][] {
  const page = readFileSync(new URL("docs/gitops.md", ROOT), "utf8");
  const lines = page.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

const testdata = (kind: string, state: string) =>
  new URL(`argocd/resource_customizations/${GROUP}/${kind}/testdata/${state}.yaml`, ROOT);

test.each(rows())("the row is correct: %s", async (...row) => {
  const [, state = "", argocd, kstatus, wait] = row;
  const kinds = KINDS.filter((kind) => existsSync(testdata(kind, state)));
  expect(kinds).toContain("S3Bucket");
  const objects = kinds.map((kind) => load(readFileSync(testdata(kind, state), "utf8")) as StatusObject);
  const [byArgo, byFlux] = await Promise.all([argoHealthOf(objects), kstatusOf(objects)]);
  const seen = objects.map((object, index) => ({
    argocd: byArgo[index]?.status,
    kstatus: byFlux[index],
    wait: isReadyToKubectl(object) ? "returns" : "waits",
  }));
  expect(seen).toEqual(kinds.map(() => ({ argocd, kstatus, wait })));
});

test("an object that is being deleted is Progressing to Argo CD and Terminating to kstatus", async () => {
  const objects = KINDS.map((kind) => load(readFileSync(testdata(kind, "ready"), "utf8")) as StatusObject);
  for (const { metadata } of objects) metadata.deletionTimestamp = "2026-11-22T10:00:00Z";
  expect(await argoHealthOf(objects)).toEqual(
    KINDS.map(() => ({ status: "Progressing", message: "Pending deletion" })),
  );
  expect(await kstatusOf(objects)).toEqual(KINDS.map(() => "Terminating"));
});

test("Flux accepts the example", async () => {
  const manifests = loadAll(readFileSync(new URL("examples/gitops/flux-kustomization.yaml", ROOT), "utf8"));
  await checkFluxManifests(manifests as object[]);
  const typo = { kind: "Kustomization", spec: { path: "./app", prunes: true } };
  await expect(checkFluxManifests([typo])).rejects.toThrow('unknown field "prunes"');
});
