import { parseArgs } from "node:util";
import { boolean, type Format } from "./formats.ts";

/** A flag or its environment variable is unknown or wrong. The message says which, and what is right; for people, without a stack. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}

/** One row of a table of flags. */
export interface Flag<T> {
  /** Without the two dashes. The environment variable is S3_OPERATOR_ and the same in capitals. */
  name: string;
  format: Format<T>;
  /** As it would be typed. */
  default: string;
  help: string;
}

/** Makes a row whose default and values have one type. */
export function flag<T>(name: string, format: Format<T>, defaultText: string, help: string): Flag<T> {
  return { name, format, default: defaultText, help };
}

/** A table of flags: from it come the flags, their environment variables, their defaults, the help text and the type of what is parsed. */
type Flags = Readonly<Record<string, Flag<unknown>>>;
/** What a table's flags are parsed to, under the same keys. */
export type Settings<Table extends Flags> = {
  -readonly [Key in keyof Table]: Table[Key] extends Flag<infer T> ? T : never;
};

/**
 * A flag wins over its environment variable; of a repeated flag the last one counts; an empty variable is none. With --help and --version
 * the settings are all as by default.
 * @throws ConfigError
 */
export function parseFlags<Table extends Flags>(
  table: Table,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { action: "run" | "help" | "version"; settings: Settings<Table> } {
  const all = given(table, argv);
  const action = all.has("help") ? "help" : all.has("version") ? "version" : "run";
  // So that --help works whatever else is wrong.
  const [texts, variables] = action === "run" ? [all, env] : [new Map<string, string>(), {}];
  const settings = Object.entries(table).map(([key, flag]) => [key, setting(flag, texts, variables)]);
  return { action, settings: Object.fromEntries(settings) as Settings<Table> };
}

/** The lines of a help text that are about flags, and what is the same for all commands. */
export function describeFlags(table: Flags): string[] {
  const flags = Object.values(table).map(({ name, format: { placeholder }, default: text, help }) => [
    `  --${name}${placeholder && ` ${placeholder}`}`.padEnd(40) + variableOf(name),
    `      ${help}${text === "" ? "" : ` Default: ${text}.`}`,
  ]);
  return [
    ...flags.flat(),
    "  --version, --help",
    "",
    "Each flag can also be given as the environment variable beside it; the flag wins.",
    "AWS credentials and endpoints are found as by every AWS SDK: AWS_ROLE_ARN, AWS_ENDPOINT_URL and so on.",
  ];
}

function setting(
  flag: Flag<unknown>,
  given: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  const { name, format } = flag;
  const variable = variableOf(name);
  const [source, text] = given.has(name)
    ? [`--${name}`, given.get(name) ?? ""]
    : [variable, env[variable] || flag.default];
  const parsed = format.parse(text);
  if (parsed === undefined) throw new ConfigError(`${source} must be ${format.expects}, not ${JSON.stringify(text)}`);
  return parsed.value;
}

function variableOf(name: string): string {
  return `S3_OPERATOR_${name.replaceAll("-", "_").toUpperCase()}`;
}

/** The text of each flag that was given. */
function given(table: Flags, argv: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map(Object.values(table).map((flag) => [flag.name, flag]));
  const isSwitch = (argument: string) => argument.startsWith("--") && flags.get(argument.slice(2))?.format === boolean;
  const { tokens } = parseArgs({
    // As in Go, a boolean flag needs no value, and takes one only behind "=".
    args: argv.map((argument) => (isSwitch(argument) ? `${argument}=true` : argument)),
    options: {
      ...Object.fromEntries([...flags.keys()].map((name) => [name, { type: "string" as const }])),
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
    },
    strict: false,
    tokens: true,
  });
  return new Map(
    tokens.map((token) => {
      if (token.kind !== "option") throw new ConfigError(`unexpected argument ${JSON.stringify(argv[token.index])}`);
      const { name, rawName, value, inlineValue } = token;
      if (name === "help" || name === "version") return [name, ""];
      if (!flags.has(name)) throw new ConfigError(`unknown flag ${rawName}; --help lists all`);
      if (value === undefined || (!inlineValue && value.startsWith("-")))
        throw new ConfigError(`${rawName} needs a value`);
      return [name, value];
    }),
  );
}
