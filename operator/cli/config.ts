import * as format from "./formats.ts";
import { boolean } from "./formats.ts";
import { describeFlags, flag, parseFlags, type Settings } from "./flags.ts";

export { ConfigError } from "./flags.ts";

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
  stalledAfterMs: flag(
    "stalled-after",
    format.duration("1s", "24h"),
    "5m",
    "For how long an object fails or waits for the same reason before it is Stalled. It is tried again all the same.",
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
  leaderElectionName: flag(
    "leader-election-name",
    format.dnsLabel,
    "s3-operator",
    "The lease's name. Operators that share a namespace, and not their work, need different ones.",
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

/** What to do, and how. With "help" and "version" all else is as by default. Durations are in milliseconds. */
export interface Config extends Settings<typeof FLAGS> {
  action: "run" | "help" | "version";
}

/**
 * A flag wins over its environment variable; of a repeated flag the last one counts; an empty variable is none.
 * @throws ConfigError
 */
export function parseConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const { action, settings } = parseFlags(FLAGS, argv, env);
  return { ...settings, action };
}

/** What --help prints. */
export function helpText(): string {
  return [
    "Manages S3 buckets declaratively, by custom resources of Kubernetes.",
    "",
    "Usage: s3-operator [flags]",
    "       s3-operator export --bucket NAME [flags]   (a bucket as it is, as an S3Bucket: export --help)",
    "       s3-operator explain --bucketaccess NAMESPACE/NAME --action ACTION [flags]   (why something is denied: explain --help)",
    "",
    ...describeFlags(FLAGS),
    "",
  ].join("\n");
}
