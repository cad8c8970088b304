/**
 * Values of the chart in the documentation (code blocks marked `yaml values`) and beside the chart's defaults: Helm
 * renders them, and a real API server accepts the result, also in a namespace for the Pod Security Standard restricted.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pages, piecesOf } from "../../conformance/documentation.ts";
import { CHART, createHelm, HELMS } from "../../helm/support/helm.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { createWorld, NAMESPACES, type World } from "../support/world/world.ts";

const OPENSHIFT = join(CHART, "values-openshift.yaml");
const pieces = [
  ...pages().flatMap((page) => piecesOf(page).filter(({ info }) => info === "yaml values")),
  {
    place: OPENSHIFT,
    text: readFileSync(OPENSHIFT, "utf8").replace("networkPolicy:", "networkPolicy:\n  enabled: true"),
  },
];

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld();
  // The API server warns of a Deployment whose Pods it would not admit.
  const labels = { "pod-security.kubernetes.io/warn": "restricted" };
  await world.kube.mergePatch(NAMESPACES, { name: world.name }, { metadata: { labels } });
  folder = await mkdtemp(join(tmpdir(), "s3-operator-docs-values-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world[Symbol.asyncDispose]();
});

test("the documentation has such values", () => {
  expect(pieces.length).toBeGreaterThan(3);
});

test.each(pieces.flatMap(({ place, text }) => HELMS.map((name) => ({ place, text, name }))))(
  "the API server accepts the values at $place, rendered by $name",
  async ({ text, name }) => {
    await using helm = await createHelm(name);
    const values = join(folder, `values-${name}.yaml`);
    await writeFile(values, text);
    const args = ["template", "s3-operator", CHART, `--namespace=${world.name}`, `--values=${values}`];
    const manifest = join(folder, `manifest-${name}.yaml`);
    await writeFile(manifest, await helm.output(...args, "--api-versions=s3-operator.io/v1alpha1/AWSAccount"));
    const dryRun = ["--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts", "--namespace="];
    const { code, stdout, stderr } = await kubectl(world, "apply", ...dryRun, `--filename=${manifest}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("deployment.apps/s3-operator serverside-applied (server dry run)");
  },
);
