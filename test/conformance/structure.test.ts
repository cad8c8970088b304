/** How the folders of operator/ depend on each other, and that an exported name means one thing. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const OPERATOR = fileURLToPath(new URL("../../operator", import.meta.url));

/** Folders and root files of operator/, lowest first. Each imports only from the lines above it. */
const LAYERS = [
  ["clock", "tracing"],
  ["kube", "aws"],
  ["api", "observability"],
  ["cli", "reconcile"],
  ["account"],
  ["bucket"],
  ["access"],
  ["explain", "export"],
  ["watches"],
  ["manager"],
  ["main"],
];

/** Exported names that are declared in two files and mean the same in both, with the reason. */
const SHARED_NAMES: Readonly<Record<string, string>> = {
  Failure: "reconcile/outcome.ts narrows the reason to Reason",
  Outcome: "as above",
};

const files = readdirSync(OPERATOR, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .filter((file) => !/(^|\/)(testing|generated)\//.test(file))
  .sort();
const textOf = (file: string) => readFileSync(join(OPERATOR, file), "utf8");

function folderOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folderOf(file)));
}

/** Files of operator/ that a file imports from, types included. */
function importsOf(file: string): string[] {
  const targets = textOf(file).matchAll(/^(?:import|export|\})[^;]*? from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm);
  return [...targets]
    .map(([, from, lazy]) => join(dirname(file), from ?? lazy ?? ""))
    .filter((path) => !path.startsWith(".."));
}

describe("folders of operator/", () => {
  test("each has a layer", () => {
    expect([...new Set(files.filter((file) => layerOf(file) === -1).map(folderOf))]).toEqual([]);
  });

  test("import only from the layers below", () => {
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => folderOf(target) !== folderOf(file) && layerOf(target) >= layerOf(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upwards).toEqual([]);
  });
});

test("an exported name is declared in one file", () => {
  const declared = files.flatMap((file) =>
    [...textOf(file).matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm)].map(
      ([, name = ""]) => ({ name, file }),
    ),
  );
  const ambiguous = [...Map.groupBy(declared, ({ name }) => name)]
    .map(([name, places]) => ({ name, places: [...new Set(places.map(({ file }) => file))] }))
    .filter(({ places }) => places.length > 1);
  const unexpected = ambiguous.filter(({ name }) => !(name in SHARED_NAMES));
  expect(unexpected.map(({ name, places }) => `${name}: ${places.join(", ")}`)).toEqual([]);
  expect(Object.keys(SHARED_NAMES).filter((name) => !ambiguous.some((each) => each.name === name))).toEqual([]);
});
