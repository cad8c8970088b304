import { parseArgs } from "node:util";
import { boolean, path, type Format } from "./formats.ts";

/** A flag or its environment variable is unknown or invalid. Print the message to the user, without a stack. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Flag<T> {
  /** Without the two dashes: "log-level" has the environment variable S3_OPERATOR_LOG_LEVEL. */
  name: string;
  format: Format<T>;
  /** As text, to be parsed like a given value. */
  default: string;
  help: string;
}

export function flag<T>(name: string, format: Format<T>, defaultText: string, help: string): Flag<T> {
  return { name, format, default: defaultText, help };
}

export const kubeconfigFlag = flag(
  "kubeconfig",
  path,
  "",
  "Path to a kubeconfig file. Default: $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the Pod.",
);

export const s3ForcePathStyleFlag = flag(
  "s3-force-path-style",
  boolean,
  "false",
  "Put the bucket name into the path instead of the host name, for S3-compatible stores.",
);

type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The parsed values of a table of flags, under the table's keys. */
export type Settings<Table extends Flags> = {
  -readonly [Key in keyof Table]: Table[Key] extends Flag<infer T> ? T : never;
};

/**
 * A flag takes precedence over its environment variable, the last of a repeated flag over the others. An empty variable
 * counts as unset. With --help or --version all settings have their defaults.
 * @throws ConfigError
 */
export function parseFlags<Table extends Flags>(
  table: Table,
  argv: readonly string[],
  env: Environment,
): { action: "run" | "help" | "version"; settings: Settings<Table> } {
  const all = given(table, argv);
  const action = all.has("help") ? "help" : all.has("version") ? "version" : "run";
  // --help must work even if other flags are invalid.
  const [texts, variables] = action === "run" ? [all, env] : [new Map<string, string>(), {}];
  const settings = Object.entries(table).map(([key, flag]) => [key, setting(flag, texts, variables)]);
  return { action, settings: Object.fromEntries(settings) as Settings<Table> };
}

/** The part of a help text about flags, with the lines that are the same for all commands. */
export function describeFlags(table: Flags): string[] {
  const flags = Object.values(table).map(({ name, format: { placeholder }, default: text, help }) => [
    `  --${name}${placeholder && ` ${placeholder}`}`.padEnd(42) + variableOf(name),
    `      ${help}${text === "" ? "" : ` Default: ${text}.`}`,
  ]);
  return [
    "Flags:",
    ...flags.flat(),
    "  --version, --help",
    "      Print the version, or this help, and exit.",
    "",
    "The environment variable next to a flag sets it too; the flag takes precedence.",
    "AWS credentials and endpoints come from the settings of the AWS SDKs, such as AWS_ROLE_ARN and AWS_ENDPOINT_URL.",
    "HTTPS_PROXY, HTTP_PROXY and NO_PROXY count for AWS. For the API server, proxy-url of the kubeconfig counts.",
  ];
}

function setting(flag: Flag<unknown>, given: ReadonlyMap<string, string>, env: Environment): unknown {
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

/** The text of each flag on the command line, by flag name. */
function given(table: Flags, argv: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map(Object.values(table).map((flag) => [flag.name, flag]));
  const isSwitch = (argument: string) => argument.startsWith("--") && flags.get(argument.slice(2))?.format === boolean;
  const { tokens } = parseArgs({
    // As in Go, a boolean flag takes a value only after "=".
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
