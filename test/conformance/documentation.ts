/** Reads the documentation's code blocks, and the documents that its commands write. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced code block. */
export interface Piece {
  /** The page, from the repository's root, and the number of the block in it. */
  place: string;
  /** The words after the three backticks: `yaml`, or `yaml values` for values of the chart. */
  info: string;
  text: string;
}

/** Markdown files, from the repository's root: the pages in the root and under docs/, without generated ones. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).sort();
  const written = docs.filter((file) => file.endsWith(".md") && !file.startsWith("reference"));
  return ["README.md", ...written.map((file) => join("docs", file))];
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

export function piecesOf(page: string): Piece[] {
  return [...textOf(page).matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = "", text = ""], index) => ({
    place: `${page} ${index + 1}`,
    info,
    text,
  }));
}

/**
 * A file that a command of the page writes by a here-document, such as `cat > trust.json <<EOF`: the first with this
 * name after `heading`.
 */
export function writtenFile(page: string, name: string, heading = ""): string {
  const after = textOf(page).slice(textOf(page).indexOf(heading));
  const found = hereDocuments(after).find((file) => file.name === name);
  if (found === undefined) throw new Error(`${page} writes no ${name}`);
  return found.text;
}

export function hereDocuments(text: string): { name: string; text: string }[] {
  const found = text.matchAll(/^cat > (\S+) <<'?EOF'?\n(.*?)^EOF$/gms);
  return [...found].map(([, name = "", document = ""]) => ({ name, text: document }));
}
