/** What the documentation has that is not prose: pieces of code, and the documents that its commands write. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block. */
export interface Piece {
  /** The page, from the repository's root, and the number of the piece in it. */
  place: string;
  /** What stands after the three backticks: `yaml`, or `yaml values` for values of the chart. */
  info: string;
  text: string;
}

/** Files of Markdown, from the repository's root: its own pages, and those under docs/, the generated ones left out. */
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

/** A file that a command of the page writes by a here-document, such as `cat > trust.json <<EOF`; the first of that name after `heading`. */
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
