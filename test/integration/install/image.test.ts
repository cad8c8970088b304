/**
 * Tests the image without a container engine: its files are written to a root that has only Node besides, and run
 * there.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { layOutImage, type ImageFile } from "../../../scripts/image-root.ts";
import { isReady } from "../support/expect/states.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { awsEnvironment } from "../support/process/operator.ts";
import { createWorld } from "../support/world/world.ts";
import { emptyRoot } from "./empty-root.ts";

const DOCKERFILE = readFileSync("Dockerfile", "utf8");
/** Node and the operator. */
const ENTRYPOINT = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(DOCKERFILE)?.[1] ?? "[]") as string[];
/** The volume that a Pod adds. */
const ENVIRONMENT = Object.fromEntries(
  [...DOCKERFILE.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);
const MIB = 1024 * 1024;

test("from an empty root, as the image's user, the operator makes a bucket ready and stops in order", async () => {
  await using world = await createWorld();
  const [node = ""] = ENTRYPOINT;
  await using root = await emptyRoot(node);
  await layOutImage(root.path, await ensureBundle());
  await writeFile(join(root.path, "kubeconfig"), await readFile(world.kubeconfigPath), { mode: 0o444 });
  const flags = [
    `--kubeconfig=${root.inside("/kubeconfig")}`,
    `--watch-namespaces=${world.name}`,
    `--watch-selector=${world.selector}`,
    "--leader-elect=false",
    "--health-address=0",
    "--metrics-address=0",
    "--s3-force-path-style=true",
  ];
  await using operator = root.start([...ENTRYPOINT.map(root.inside), ...flags], {
    ...ENVIRONMENT,
    ...awsEnvironment(world),
  });
  const ended = operator.exitCode.then(async (code) => {
    throw new Error(`The operator exited with ${code}: ${await operator.output}`);
  });
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), versioning: "Enabled" });
  await Promise.race([world.bucketWhen("docs", isReady), ended]);
  ended.catch(() => undefined);
  await operator[Symbol.asyncDispose]();
  expect(await operator.exitCode, await operator.output).toBe(0);
});

test("an unknown flag is refused in the image too", async () => {
  await using root = await emptyRoot(ENTRYPOINT[0] ?? "");
  await layOutImage(root.path, await ensureBundle());
  const { output, exitCode } = root.start([...ENTRYPOINT.map(root.inside), "--typo"], ENVIRONMENT);
  expect(await output).toContain("--typo");
  expect(await exitCode).toBe(2);
});

test("the same sources give the same bytes, within the size budget", async () => {
  const [first, second] = [await digests(), await digests()];
  expect(second).toEqual(first);
  expect(first.files.map(({ path }) => `/${path}`)).toContain(ENTRYPOINT[1]);
  const total = first.files.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total, "the size without Node").toBeLessThan(5 * MIB);
});

test("the licence of every package in the bundle is in the image", async () => {
  const { licenses } = await digests();
  expect(Object.keys(manifest.dependencies).filter((name) => !licenses.includes(`${name} `))).toEqual([]);
});

/** Writes the image's files once more, to another folder. */
async function digests(): Promise<{ files: ImageFile[]; hashes: string[]; licenses: string }> {
  const folder = await mkdtemp(join(tmpdir(), "image-"));
  try {
    const files = await layOutImage(folder, await ensureBundle());
    const contents = await Promise.all(files.map(({ path }) => readFile(join(folder, path))));
    const hashes = contents.map((content) => createHash("sha256").update(content).digest("hex"));
    return { files, hashes, licenses: await readFile(join(folder, "licenses/THIRD-PARTY.txt"), "utf8") };
  } finally {
    await rm(folder, { recursive: true });
  }
}
