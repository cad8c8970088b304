/**
 * The command of docs/gitops.md adds our keys to Argo CD's configuration, and takes nothing from it, however Argo CD was
 * installed and is upgraded.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateArgocdConfig } from "../../../scripts/generate-argocd.ts";
import { scriptsFor } from "../../conformance/argocd.ts";
import { CONFIG_MAPS } from "../support/world/access.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { manifestFile } from "./manifests.ts";

const OUR_KEY = "resource.customizations.health.s3-operator.io_S3Bucket";
const LABELS = { "app.kubernetes.io/name": "argocd-cm", "app.kubernetes.io/part-of": "argocd" };

/** https://github.com/argoproj/argo-cd/blob/master/manifests/base/config/argocd-cm.yaml, with data as of an overlay. */
function manifestOfArgo({ name: namespace }: World, data: Record<string, string>) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: "argocd-cm", labels: LABELS }, data };
}

async function run(world: World, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await kubectl(world, ...args);
  expect(code, `kubectl ${args.join(" ")}: ${stdout}${stderr}`).toBe(0);
}

async function apply(world: World, flags: readonly string[], data: Record<string, string>): Promise<void> {
  await using file = await manifestFile(manifestOfArgo(world, data));
  await run(world, ["apply", ...flags, "-f", file.path]);
}

/** The words of the command in the docs, for the namespace of the world. */
function documentedCommand({ name }: World): string[] {
  const text = readFileSync("docs/gitops.md", "utf8");
  const command = /^kubectl (.*argocd-cm.*)$/m.exec(text)?.[1] ?? "";
  expect(command).toContain("--namespace argocd");
  return command.replace("--namespace argocd", `--namespace ${name}`).split(" ");
}

interface ConfigMap {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  data?: Record<string, string>;
}

const live = ({ kube, name: namespace }: World) => kube.get<ConfigMap>(CONFIG_MAPS, { namespace, name: "argocd-cm" });

const CLIENT_SIDE: string[] = [];
const SERVER_SIDE = ["--server-side"];
const FORCED = ["--server-side", "--force-conflicts"];

test.concurrent.each([
  { how: "client-side apply", install: CLIENT_SIDE, upgrade: CLIENT_SIDE },
  { how: "server-side apply", install: SERVER_SIDE, upgrade: SERVER_SIDE },
  { how: "client-side apply, upgraded by server-side apply", install: CLIENT_SIDE, upgrade: FORCED },
])("Argo CD installed by $how keeps its configuration and ours", async ({ install, upgrade }) => {
  await using world = await createWorld();
  await apply(world, install, { url: "https://argocd.example.com" });
  const byHand = ["patch", "configmap/argocd-cm", "--type=merge", "--patch", '{"data":{"admin.enabled":"false"}}'];
  await run(world, byHand);

  await run(world, documentedCommand(world));
  const kept = { url: "https://argocd.example.com", "admin.enabled": "false" };
  const ours = { [OUR_KEY]: scriptsFor("S3Bucket").health };
  expect(await live(world)).toMatchObject({ metadata: { labels: LABELS }, data: { ...kept, ...ours } });

  const upgraded = { url: "https://argo.example.com", "timeout.reconciliation": "60s" };
  await apply(world, upgrade, upgraded);
  const after = { metadata: { labels: LABELS }, data: { ...kept, ...upgraded, ...ours } };
  expect(await live(world)).toMatchObject(after);
  await run(world, documentedCommand(world));
  expect(await live(world)).toMatchObject(after);
});

test("the patch cannot be applied as a manifest by mistake", async () => {
  await using world = await createWorld();
  await apply(world, SERVER_SIDE, { url: "https://argocd.example.com" });
  const { code, stderr } = await kubectl(world, "apply", "--server-side", "-f", "argocd/argocd-cm-patch.yaml");
  expect(code).not.toBe(0);
  expect(stderr).toContain("kind not set");
  expect((await live(world)).data).toEqual({ url: "https://argocd.example.com" });
});

test("keys of a former release are removed", async () => {
  await using world = await createWorld();
  const former = "resource.customizations.health.s3-operator.io_Former";
  await apply(world, SERVER_SIDE, { url: "https://argocd.example.com" });
  await run(world, ["patch", "configmap/argocd-cm", "--type=merge", "--patch", `{"data":{"${former}":"x"}}`]);
  const patch = await generateArgocdConfig("argocd/resource_customizations", [former]);
  await run(world, ["patch", "configmap/argocd-cm", "--type=merge", "--patch", patch]);
  const { data = {} } = await live(world);
  expect(data).not.toHaveProperty([former]);
  expect(Object.keys(data)).toEqual(expect.arrayContaining(["url", OUR_KEY]));
});
