/** Prints code from the leaves of a document. */
import type { Leaf, Model } from "./model.ts";

type Tree = { [name: string]: Tree | string };

const TYPES = { string: "string", boolean: "boolean", integer: "integer", strings: "array" } as const;

/** S3's name as a field of the spec: "TableBucketArn" becomes "tableBucketArn". */
function fieldName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function treeOf(entries: readonly (readonly [path: readonly string[], value: string])[]): Tree {
  const tree: Tree = {};
  for (const [path, value] of entries) {
    let place = tree;
    for (const name of path.slice(0, -1)) place = (place[name] ??= {}) as Tree;
    place[path.at(-1) ?? ""] = value;
  }
  return tree;
}

function print(tree: Tree | string, object: (members: string) => string = (members) => `{ ${members} }`): string {
  if (typeof tree === "string") return tree;
  return object(
    Object.entries(tree)
      .map(([name, inner]) => `${name}: ${print(inner, object)}`)
      .join(", "),
  );
}

function access(root: string, path: readonly string[]): string {
  return root + path.map((name, index) => `${index === 0 ? "." : "?."}${name}`).join("");
}

function specPath({ put }: Leaf): string[] {
  return put.map(fieldName);
}

/** The document of the PUT, from `spec`. */
export function documentOf({ leaves }: Model): string {
  return print(treeOf(leaves.map((leaf) => [leaf.put, access("spec", specPath(leaf))])));
}

/** The spec, from `observed`. */
export function specOf({ leaves }: Model): string {
  const tree = treeOf(leaves.map((leaf) => [specPath(leaf), leaf.got ? access("observed", leaf.got) : "undefined"]));
  const stated = (inner: Tree, type: string): string => {
    const members = Object.entries(inner).map(([name, value]) => {
      const innerType = `NonNullable<${type}["${name}"]>`;
      return `${name}: ${typeof value === "string" ? value : `unlessEmpty(${stated(value, innerType)})`}`;
    });
    return `stated<${type}>({ ${members.join(", ")} })`;
  };
  return stated(tree, "Spec");
}

/** Paths in the answer that a spec can express. */
export function fieldsOf({ leaves }: Model): string {
  return JSON.stringify(leaves.flatMap(({ got }) => got?.join(".") ?? []));
}

/** "a" and "b" stand for two values. */
function sample({ type, put, words }: Leaf, word: string): string {
  if (words !== undefined) {
    const text = JSON.stringify((word === "a" ? words[0] : words[1]) ?? words[0]);
    return type === "strings" ? `[${text}]` : text;
  }
  if (type === "boolean") return String(word === "a");
  if (type === "integer") return word === "a" ? "1" : "2";
  const text = put.at(-1)?.endsWith("Arn") ? `"arn:aws:service:eu-central-1:111122223333:${word}"` : `"${word}"`;
  return type === "strings" ? `[${text}]` : text;
}

/** A value of the spec with `word` in every field. */
export function specSample({ leaves }: Model, word: string): string {
  return print(treeOf(leaves.map((leaf) => [specPath(leaf), sample(leaf, word)])));
}

/** The document of the PUT for {@link specSample}. */
export function documentSample({ leaves }: Model, word: string): string {
  return print(treeOf(leaves.map((leaf) => [leaf.put, sample(leaf, word)])));
}

/** S3's answer for {@link specSample}. */
export function answerSample({ leaves, answer }: Model, word: string): string {
  const got = leaves.flatMap((leaf) => (leaf.got ? [[leaf.got, sample(leaf, word)] as const] : []));
  return print(answer === undefined ? treeOf(got) : { [answer]: treeOf(got) });
}

export function arbitraryOf({ leaves }: Model): string {
  const arbitrary = (leaf: Leaf) =>
    leaf.type === "boolean" ? "fc.boolean()" : `fc.constantFrom(${sample(leaf, "a")}, ${sample(leaf, "b")})`;
  const tree = treeOf(leaves.map((leaf) => [specPath(leaf), arbitrary(leaf)]));
  return print(tree, (members) => `fc.record({ ${members} })`);
}

/** S3's answer, from the document `put`. */
export function rewritten({ leaves, putType, gotType }: Model): string {
  if (putType === gotType) return "put";
  return print(treeOf(leaves.flatMap(({ put, got }) => (got ? [[got, access("put", put)] as const] : []))));
}

/** The answer's XML, from the document `put`. */
export function xmlOf({ leaves, putType, gotType, gotRoot }: Model): string {
  if (putType === gotType) return `{ ...put, name: "${gotRoot}" }`;
  const text = (path: readonly string[]) => `textAt(put, ${path.map((name) => `"${name}"`).join(", ")}) ?? ""`;
  const tree = treeOf(leaves.flatMap(({ put, got }) => (got ? [[got, text(put)] as const] : [])));
  const elements = (name: string, content: Tree | string): string =>
    typeof content === "string"
      ? `element("${name}", ${content})`
      : `element("${name}", [${Object.entries(content)
          .map(([inner, value]) => elements(inner, value))
          .join(", ")}])`;
  return elements(gotRoot, tree);
}

/** Type and enum of a field in the CRD. */
function schemaOf({ type, words }: Leaf): string {
  return TYPES[type] + (type === "string" && words ? `; enum: [${words.join(", ")}]` : "");
}

/** The block of the CRD. The author adds descriptions and bounds, which schema.test.ts requires. */
export function crdBlock({ leaves }: Model, name: string, indent: string): string {
  const lines = (field: string, tree: Tree | string, depth: string): string[] => {
    if (typeof tree === "string") {
      const list = [`${depth}  x-kubernetes-list-type: set`, `${depth}  items:`, `${depth}    type: string`];
      return [
        `${depth}${field}:`,
        ...`type: ${tree}`.split("; ").map((line) => `${depth}  ${line}`),
        `${depth}  description: TODO`,
        ...(tree === "array" ? list : []),
      ];
    }
    const inner = Object.entries(tree).flatMap(([each, value]) => lines(each, value, `${depth}    `));
    return [
      `${depth}${field}:`,
      `${depth}  type: object`,
      `${depth}  title: ${field.charAt(0).toUpperCase()}${field.slice(1)}`,
      `${depth}  description: TODO`,
      `${depth}  properties:`,
      ...inner,
    ];
  };
  const tree = treeOf(leaves.map((leaf) => [specPath(leaf), schemaOf(leaf)]));
  return `${lines(name, tree, indent).join("\n")}\n`;
}
