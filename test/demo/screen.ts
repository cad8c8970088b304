/** Writes the demo's output to the terminal: 100 columns; colours and a spinner only on a terminal. */

import { styleText } from "node:util";

const MAX_WIDTH = 100;
const INDENT = "   ";

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  heading(text: string): void;
  /** Prose, wrapped at words. */
  say(text: string): void;
  /** A command line, as a user types it. */
  command(line: string): void;
  /** Output of a program, line by line; lines that are too long are wrapped. */
  output(text: string): void;
  /** A line to copy, never wrapped. */
  paste(line: string): void;
  passed(text: string): void;
  failed(text: string, why: string): void;
  /** A progress message of a part that takes minutes. */
  note(line: string): void;
  /** Shows that `work` runs, and for how long, once it takes noticeable time. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A table: columns as wide as their content, the last one wrapped at words. */
  table(rows: readonly (readonly string[])[]): void;
  /** Prints a last message; later output is dropped. */
  close(text: string): void;
  closed(): boolean;
}

/** Time until the first progress message, and between messages. Without a terminal each is a line, so there are few. */
const ON_TERMINAL = { patienceMs: 1_000, everyMs: 250 };
const ON_PAPER = { patienceMs: 2_000, everyMs: 5_000 };

/** styleText itself respects NO_COLOR, FORCE_COLOR and the lack of a terminal. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  const paint = (style: Style, text: string) => styleText(style, text, { stream });
  const width = Math.min(MAX_WIDTH, stream.columns || MAX_WIDTH);
  const inner = width - INDENT.length;
  let open = true;
  const write = (text: string) => {
    if (open) stream.write(text);
  };
  /** Indent for the text after a sign of one column. */
  const hang = (text: string) => wrap(text, inner - 2).join(`\n${INDENT}  `);
  const line = (text = "") => write(`${text}\n`);
  /** Writes an empty line between different kinds of output. */
  let last = "";
  const begin = (block: string) => {
    if (last !== "" && last !== block) line();
    last = block;
  };
  const wipe = () => {
    if (stream.isTTY) write("\r\u001B[K");
  };
  const indented = (lines: readonly string[], style: Style = []) => {
    for (const each of lines) line(each === "" ? "" : INDENT + paint(style, each));
  };

  return {
    heading(text) {
      line();
      line(paint("bold", text));
      last = "";
    },
    say(text) {
      begin("prose");
      indented(wrap(text, inner));
    },
    command(text) {
      begin(text);
      indented(fold(`$ ${text}`, inner), "cyan");
    },
    output: (text) => indented(fold(text, inner)),
    paste: (text) => line(INDENT + paint("cyan", text)),
    passed(text) {
      begin("checks");
      line(`${INDENT}${paint("green", "✓")} ${hang(text)}`);
    },
    failed(text, why) {
      begin("checks");
      line(`${INDENT}${paint("red", "✗")} ${paint("red", hang(text))}`);
      indented(fold(why, inner), "red");
    },
    note(text) {
      wipe();
      indented(fold(text, inner), "dim");
    },
    async during(what, work) {
      const { patienceMs, everyMs } = stream.isTTY ? ON_TERMINAL : ON_PAPER;
      const start = performance.now();
      const seconds = () => Math.round((performance.now() - start) / 1_000);
      const shown = () => INDENT + paint("dim", `… ${what.slice(0, inner - 12)} (${seconds()} s)`);
      const show = () => {
        if (performance.now() - start < patienceMs) return;
        if (stream.isTTY) write(`\r\u001B[K${shown()}`);
        else line(shown());
      };
      const timers = [setInterval(show, everyMs), setTimeout(show, patienceMs)];
      try {
        return await work();
      } finally {
        for (const timer of timers) clearInterval(timer);
        wipe();
      }
    },
    table(rows) {
      begin("table");
      for (const row of layOut(rows, width)) line(row.startsWith("✗") ? paint("red", row) : row);
    },
    close(text) {
      wipe();
      line();
      line(text);
      open = false;
    },
    closed: () => !open,
  };
}

/** Wraps at words, to at most `width` columns. Keeps the line breaks of the text. */
function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let current = "";
    for (const word of paragraph.split(" ")) {
      const longer = current === "" ? word : `${current} ${word}`;
      if (longer.length <= width) current = longer;
      else {
        lines.push(current);
        current = word;
      }
    }
    return [...lines, current];
  });
}

/**
 * Wraps at a space where there is one, else anywhere; the rest of a line continues below, indented further. Keeps other
 * spaces, and so columns.
 */
function fold(text: string, width: number): string[] {
  return text
    .replace(/\n+$/, "")
    .split("\n")
    .flatMap((each) => foldLine(each, width));
}

function foldLine(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const space = text.lastIndexOf(" ", width);
  const end = space > width / 2 ? space : width;
  return [text.slice(0, end).trimEnd(), ...foldLine(`      ${text.slice(end).trimStart()}`, width)];
}

/** Formats the rows of a table as lines. */
function layOut(rows: readonly (readonly string[])[], width: number): string[] {
  const gap = 2;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap, 0);
  return rows.flatMap((row) => {
    const cells = row.slice(0, -1).map((cell, index) => cell.padEnd((widths[index] ?? 0) + gap));
    const [first = "", ...rest] = wrap(row.at(-1) ?? "", Math.max(20, width - before));
    return [cells.join("") + first, ...rest.map((more) => " ".repeat(before) + more)].map((each) => each.trimEnd());
  });
}
