/** Everything that the demo writes on the terminal: 100 columns, colours and moving parts only where there is a terminal for them. */

import { styleText } from "node:util";

const WIDTH = 100;
const INDENT = "   ";

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  heading(text: string): void;
  /** Prose, broken at words. */
  say(text: string): void;
  /** A command line as one would type it. */
  command(line: string): void;
  /** What a program printed, line by line; lines that are too long go on below. */
  output(text: string): void;
  passed(text: string): void;
  failed(text: string, why: string): void;
  /** Progress of something that takes minutes, from whoever does it. */
  note(line: string): void;
  /** Shows that `work` is under way, and for how long, if it takes longer than one can overlook. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Columns as wide as they need to be, the last one broken at words. */
  table(rows: readonly (readonly string[])[]): void;
}

/** How long something may take before it is talked about. */
const PATIENCE_MS = 1_000;
const FRAME_MS = 250;
/** Without a terminal each word on progress is a line, so that they are few. */
const LINE_MS = 5_000;

/** styleText itself honours NO_COLOR, FORCE_COLOR and the lack of a terminal. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  const paint = (style: Style, text: string) => styleText(style, text, { stream });
  const line = (text = "") => void stream.write(`${text}\n`);
  const wipe = () => stream.isTTY && stream.write("\r\u001B[K");
  const indented = (lines: readonly string[], style: Style = []) => {
    for (const each of lines) line(each === "" ? "" : INDENT + paint(style, each));
  };

  return {
    heading(text) {
      line();
      line(paint("bold", text));
    },
    say: (text) => indented(wrap(text, WIDTH - INDENT.length)),
    command(text) {
      line();
      indented(wrap(`$ ${text}`, WIDTH - INDENT.length, "      "), "cyan");
    },
    output: (text) => indented(fold(text, WIDTH - INDENT.length)),
    passed: (text) => line(`${INDENT}${paint("green", "✓")} ${hang(text)}`),
    failed(text, why) {
      line(`${INDENT}${paint("red", "✗")} ${paint("red", hang(text))}`);
      indented(wrap(why, WIDTH - INDENT.length), "red");
    },
    note(text) {
      wipe();
      indented(fold(text, WIDTH - INDENT.length), "dim");
    },
    async during(what, work) {
      const start = performance.now();
      const seconds = () => Math.round((performance.now() - start) / 1_000);
      const shown = () => `${INDENT}${paint("dim", `… ${what} (${seconds()} s)`)}`;
      const show = () => {
        if (performance.now() - start < PATIENCE_MS) return;
        if (stream.isTTY) stream.write(`\r\u001B[K${shown()}`);
        else line(shown());
      };
      const timers = [setInterval(show, stream.isTTY ? FRAME_MS : LINE_MS), setTimeout(show, PATIENCE_MS)];
      try {
        return await work();
      } finally {
        timers.forEach(clearInterval);
        wipe();
      }
    },
    table(rows) {
      line();
      for (const row of layOut(rows)) line(row.startsWith("✗") ? paint("red", row) : row);
    },
  };
}

/** At words, to at most `width` columns; later lines begin with `margin`. Line breaks of the text stay. */
export function wrap(text: string, width: number, margin = ""): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let current = "";
    for (const word of paragraph.split(" ")) {
      const longer = current === "" ? word : `${current} ${word}`;
      if (longer.length <= width || current.trim() === "") current = longer;
      else {
        lines.push(current);
        current = margin + word;
      }
    }
    return [...lines, current];
  });
}

/** Anywhere, as a terminal would, so that columns stay columns. */
export function fold(text: string, width: number): string[] {
  return text
    .replace(/\n+$/, "")
    .split("\n")
    .flatMap((each) => each.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""]);
}

function hang(text: string): string {
  return wrap(text, WIDTH - INDENT.length - 2).join(`\n${INDENT}  `);
}

/** The rows of a table as lines. */
export function layOut(rows: readonly (readonly string[])[]): string[] {
  const gap = 2;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap, 0);
  return rows.flatMap((row) => {
    const cells = row.slice(0, -1).map((cell, index) => cell.padEnd((widths[index] ?? 0) + gap));
    const [first = "", ...rest] = wrap(row.at(-1) ?? "", Math.max(20, WIDTH - before));
    return [cells.join("") + first, ...rest.map((more) => " ".repeat(before) + more)].map((each) => each.trimEnd());
  });
}
