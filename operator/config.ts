import { parseArgs } from "node:util";
import * as format from "./config-formats.ts";
import { boolean, type Format } from "./config-formats.ts";

/** A flag or its environment variable is unknown or wrong. The message says which, and what is right; for people, without a stack. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}

interface Flag<T> {
  /** Without the two dashes. The environment variable is S3_OPERATOR_ and the same in capitals. */
  name: string;
  format: Format<T>;
  /** As it would be typed. */
  default: string;
  help: string;
}

function flag<T>(name: string, format: Format<T>, defaultText: string, help: string): Flag<T> {
  return { name, format, default: defaultText, help };
}

/** The one table of all settings: from it come the flags, the environment variables, the defaults, the help text and the type. */
const FLAGS = {
  kubeconfig: flag(
    "kubeconfig",
    format.path,
    "",
    "How to reach the API server. Default: KUBECONFIG, ~/.kube/config, or the cluster it runs in.",
  ),
  concurrency: flag("concurrency", format.integer(1, 1000), "10", "Objects of one kind worked on at the same time."),
  pollIntervalMs: flag(
    "poll-interval",
    format.duration("10s", "24h"),
    "10m",
    "How often each object is compared with AWS when nothing in Kubernetes changes.",
  ),
  settleWindowMs: flag(
    "settle-window",
    format.duration("0s", "1h"),
    "90s",
    "For how long after a write an old answer of S3 is not taken for drift.",
  ),
  emptyByLifecycleAbove: flag(
    "empty-by-lifecycle-above",
    format.integer(0, 999_999_999),
    "1000000",
    "Versions and delete markers that are deleted one by one from a bucket that is to go with its contents; what is left then is expired by S3 Lifecycle, within days.",
  ),
  shutdownTimeoutMs: flag(
    "shutdown-timeout",
    format.duration("1s", "10m"),
    "30s",
    "How long work under way may go on after SIGTERM.",
  ),
  watchNamespaces: flag("watch-namespaces", format.dnsLabels, "", "Namespaces to look after. Default: all."),
  watchSelector: flag("watch-selector", format.labelSelector, "", "Only objects with these labels. Default: all."),
  clusterName: flag(
    "cluster-name",
    format.dnsLabel,
    "default",
    "Tells clusters that share an AWS account apart, in the tags that say whose a bucket is. Never to be changed.",
  ),
  leaderElect: flag(
    "leader-elect",
    boolean,
    "true",
    "Work only while holding the lease, so that a second replica can take over.",
  ),
  leaderElectionNamespace: flag(
    "leader-election-namespace",
    format.optionalDnsLabel,
    "",
    "Where the lease is. Default: the operator's own namespace.",
  ),
  healthAddress: flag("health-address", format.address, ":8081", "Of /healthz and /readyz."),
  metricsAddress: flag("metrics-address", format.address, ":8080", "Of /metrics; may be the same as --health-address."),
  logLevel: flag("log-level", format.logLevel, "info", "Least important entries that are written."),
  s3ForcePathStyle: flag(
    "s3-force-path-style",
    boolean,
    "false",
    "Names buckets in the path and not in the host name, for S3-compatible stores.",
  ),
};

type Flags = typeof FLAGS;
type Settings = { -readonly [Key in keyof Flags]: Flags[Key] extends Flag<infer T> ? T : never };

/** What to do, and how. With "help" and "version" all else is as by default. Durations are in milliseconds. */
export interface Config extends Settings {
  action: "run" | "help" | "version";
}

/**
 * A flag wins over its environment variable; of a repeated flag the last one counts; an empty variable is none.
 * @throws ConfigError
 */
export function parseConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const given = parseFlags(argv);
  const action = given.has("help") ? "help" : given.has("version") ? "version" : "run";
  const flags: [key: string, flag: Flag<unknown>][] = Object.entries(FLAGS);
  // So that --help works whatever else is wrong.
  const [texts, variables] = action === "run" ? [given, env] : [new Map<string, string>(), {}];
  const settings = flags.map(([key, flag]) => [key, setting(flag, texts, variables)]);
  return { ...(Object.fromEntries(settings) as Settings), action };
}

/** What --help prints. */
export function helpText(): string {
  const flags = Object.values(FLAGS).map(({ name, format: { placeholder }, default: text, help }) => [
    `  --${name}${placeholder && ` ${placeholder}`}`.padEnd(40) + variableOf(name),
    `      ${help}${text === "" ? "" : ` Default: ${text}.`}`,
  ]);
  return [
    "Manages S3 buckets declaratively, by custom resources of Kubernetes.",
    "",
    "Usage: s3-operator [flags]",
    "",
    ...flags.flat(),
    "  --version, --help",
    "",
    "Each flag can also be given as the environment variable beside it; the flag wins.",
    "AWS credentials and endpoints are found as by every AWS SDK: AWS_ROLE_ARN, AWS_ENDPOINT_URL and so on.",
    "",
  ].join("\n");
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
function parseFlags(argv: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, Flag<unknown>>(Object.values(FLAGS).map((flag) => [flag.name, flag]));
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
