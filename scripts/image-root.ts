/**
 * Writes the files that the image has besides Node: `node scripts/image-root.ts DIRECTORY`. The Dockerfile copies the
 * folder into its runtime stage, and test/integration/install/image.test.ts runs it from an otherwise empty root.
 * Prints each file with its size.
 */
import { chmod, copyFile, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Path of the bundle in the image, which the Dockerfile's ENTRYPOINT names. */
const OPERATOR = "app/operator.mjs";

export interface ImageFile {
  /** Relative to the image's root. */
  path: string;
  bytes: number;
}

interface LockFile {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>;
}

/**
 * Fills `directory` with the bundle, which must be built, and the licences of its packages. The same sources give the
 * same bytes.
 */
export async function layOutImage(directory: string, bundle = "dist/operator.mjs"): Promise<ImageFile[]> {
  const files: [string, (target: string) => Promise<void>][] = [
    [OPERATOR, (target) => copyFile(bundle, target)],
    ["licenses/LICENSE", (target) => copyFile("LICENSE", target)],
    ["licenses/THIRD-PARTY.txt", async (target) => writeFile(target, await thirdPartyLicenses())],
  ];
  const laidOut: ImageFile[] = [];
  for (const [path, write] of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await write(target);
    await chmod(target, 0o444);
    await utimes(target, 0, 0);
    laidOut.push({ path, bytes: (await stat(target)).size });
  }
  return laidOut;
}

/** The licence texts of all packages that the bundle may contain: all but development dependencies. */
async function thirdPartyLicenses(): Promise<string> {
  const { packages } = JSON.parse(await readFile("package-lock.json", "utf8")) as LockFile;
  const parts: string[] = [];
  for (const [folder, { version, license, dev, optional }] of Object.entries(packages)) {
    if (folder === "" || dev === true || optional === true) continue;
    const names = (await readdir(folder)).filter((name) => /^(licen[sc]e|notice)/i.test(name)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    const title = `${folder.replace(/.*node_modules\//, "")} ${version ?? ""} (${license ?? "see below"})`;
    parts.push([title, ...texts.map((text) => text.trim())].join("\n\n"));
  }
  return `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

if (import.meta.main) {
  const [directory] = process.argv.slice(2);
  if (directory === undefined) throw new Error("Usage: node scripts/image-root.ts DIRECTORY");
  for (const { path, bytes } of await layOutImage(directory)) {
    process.stdout.write(`${path.padEnd(28)}${(bytes / 1024).toFixed(0).padStart(8)} KiB\n`);
  }
}
