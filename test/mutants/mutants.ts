/**
 * The mutants of a file: one change each, by the operators of Stryker
 * (https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/).
 */
import { Instrumenter } from "@stryker-mutator/instrumenter";

export interface Mutant {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The text that is replaced, and what replaces it. */
  readonly original: string;
  readonly replacement: string;
  /** The whole text of the file as mutated. */
  text(): string;
}

/** What no test has to notice: name of the rule, and why. */
const IGNORED = {
  log: "what is written to the log, which is for people to read",
};

interface Node {
  readonly type: string;
  readonly callee?: Node;
  readonly object?: Node;
  readonly property?: Node;
  readonly name?: string;
}

export async function mutantsOf(file: string, text: string): Promise<Mutant[]> {
  const { mutants } = await new Instrumenter(QUIET as never, undefined, () => "").instrument(
    [{ name: file, mutate: true, content: text }],
    { plugins: null, excludedMutations: [], ignorers: [{ shouldIgnore: ({ node }: never) => reasonToIgnore(node) }] },
  );
  const starts = lineStarts(text);
  const offset = (at: { line: number; column: number }) => (starts[at.line] ?? 0) + at.column;
  return mutants
    .filter(({ status }) => status !== "Ignored")
    .map(({ location, replacement }) => {
      const [start, end] = [offset(location.start), offset(location.end)];
      return {
        file,
        line: location.start.line + 1,
        original: text.slice(start, end),
        replacement,
        text: () => text.slice(0, start) + replacement + text.slice(end),
      };
    });
}

function reasonToIgnore({ type, callee }: Node): string | undefined {
  const isLogCall =
    type === "CallExpression" && (callee?.object?.name === "log" || callee?.object?.property?.name === "log");
  return isLogCall ? IGNORED.log : undefined;
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

const QUIET = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} };
