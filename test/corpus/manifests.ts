/** The manifests of this folder: ServiceAccounts of the corpus, one of each kind, written out. */
import { readdirSync, readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import type { KubeObject } from "../../operator/kube/object.ts";

const FOLDER = new URL("manifests/", import.meta.url);

/** Names of the files. */
export const MANIFESTS: readonly string[] = readdirSync(FOLDER).sort();

export function manifestOf(file: string): { line: number; objects: KubeObject[] } {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const [, line] = text.match(/^# Line (\d+):/) ?? [];
  if (line === undefined) throw new Error(`${file} does not begin with '# Line N:'`);
  return { line: Number(line), objects: loadAll(text) as KubeObject[] };
}
