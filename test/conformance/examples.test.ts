/** One folder of examples/, one meaning: `kubectl apply -f <folder>` applies each object once. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import type { KubeObject } from "../../operator/kube/object.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples", import.meta.url));

const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Kind, namespace and name of each object in the manifests of a folder. */
function objectsOf(folder: string): string[] {
  const files = readdirSync(join(EXAMPLES, folder)).filter((file) => file.endsWith(".yaml"));
  return files
    .flatMap((file) => loadAll(readFileSync(join(EXAMPLES, folder, file), "utf8")) as (KubeObject | null)[])
    .flatMap((object) => (object?.kind === undefined ? [] : [object]))
    .map(({ kind, metadata: { namespace = "", name } }) => `${kind} ${namespace}/${name}`);
}

test.each(folders)("examples/%s has no two objects of the same kind and name", (folder) => {
  const objects = objectsOf(folder);
  expect(objects.filter((each, index) => objects.indexOf(each) !== index)).toEqual([]);
  expect(objects.length).toBeGreaterThan(0);
});
