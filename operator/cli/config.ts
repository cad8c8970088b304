import {
  ConfigError,
  describeFlags,
  flag,
  kubeconfigFlag,
  parseFlags,
  s3ForcePathStyleFlag,
  type Environment,
  type Settings,
} from "./flags.ts";
import * as format from "./formats.ts";

export { ConfigError } from "./flags.ts";

const FLAGS = {
  kubeconfig: kubeconfigFlag,
  concurrency: flag("concurrency", format.integer(1, 1000), "10", "Maximum number of concurrent reconciles per kind."),
  pollIntervalMs: flag(
    "poll-interval",
    format.duration("10s", "24h"),
    "10m",
    "Interval at which each object is compared with AWS when nothing changes in Kubernetes.",
  ),
  settleWindowMs: flag(
    "settle-window",
    format.duration("0s", "1h"),
    "90s",
    "Time after a write during which an old value from AWS does not count as drift.",
  ),
  emptyByLifecycleAbove: flag(
    "empty-by-lifecycle-above",
    format.integer(0, 999_999_999),
    "1000000",
    "Number of object versions that the operator deletes itself before S3 Lifecycle expires the rest, within days.",
  ),
  shutdownTimeoutMs: flag(
    "shutdown-timeout",
    format.duration("1s", "10m"),
    "30s",
    "Time that running reconciles have to finish after SIGTERM.",
  ),
  stalledAfterMs: flag(
    "stalled-after",
    format.duration("1s", "24h"),
    "5m",
    "Time after which an object that fails or waits for the same reason becomes Stalled. The operator still retries.",
  ),
  watchNamespaces: flag(
    "watch-namespaces",
    format.dnsLabels,
    "",
    "Namespaces to watch, at most about 100: each needs two connections to the API server. Default: all.",
  ),
  watchSelector: flag(
    "watch-selector",
    format.optional(format.labelSelector),
    "",
    "Label selector of the objects. Default: all.",
  ),
  clusterName: flag(
    "cluster-name",
    format.dnsLabel,
    "default",
    "Identifies this cluster in ownership tags when clusters share an AWS account. Must never change.",
  ),
  leaderElect: flag(
    "leader-elect",
    format.boolean,
    "true",
    "Reconcile only while holding the lease, so that a second replica can take over.",
  ),
  leaderElectionNamespace: flag(
    "leader-election-namespace",
    format.optional(format.dnsLabel),
    "",
    "Namespace of the lease. Default: the namespace of the operator.",
  ),
  leaderElectionName: flag(
    "leader-election-name",
    format.dnsLabel,
    "s3-operator",
    "Name of the lease. Operators in one namespace that manage different objects need different lease names.",
  ),
  leaseDurationMs: flag(
    "leader-elect-lease-duration",
    format.duration("1s", "10m"),
    "15s",
    "Time that other replicas wait after the last renewal of the lease that they saw. Set it for all replicas.",
  ),
  renewDeadlineMs: flag(
    "leader-elect-renew-deadline",
    format.duration("500ms", "10m"),
    "10s",
    "Time without a renewal after which the leader stops. Must be shorter than --leader-elect-lease-duration.",
  ),
  retryPeriodMs: flag(
    "leader-elect-retry-period",
    format.duration("100ms", "5m"),
    "2s",
    "Time between tries to acquire or renew the lease. 1.2 times it must be less than --leader-elect-renew-deadline.",
  ),
  healthAddress: flag("health-address", format.address, ":8081", "Address that serves /healthz and /readyz."),
  metricsAddress: flag(
    "metrics-address",
    format.address,
    ":8080",
    "Address that serves /metrics. May be the same as --health-address.",
  ),
  logLevel: flag("log-level", format.logLevel, "info", "Minimum log level."),
  s3ForcePathStyle: s3ForcePathStyleFlag,
};

/** Durations are in milliseconds. With `action` "help" or "version", all other settings have their defaults. */
export interface Config extends Settings<typeof FLAGS> {
  action: "run" | "help" | "version";
}

/** @throws ConfigError */
export function parseConfig(argv: readonly string[], env: Environment): Config {
  const { action, settings } = parseFlags(FLAGS, argv, env);
  if (settings.leaderElect) checkLeaseTimes(settings);
  return { ...settings, action };
}

/** The rules of client-go: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig */
function checkLeaseTimes({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: Settings<typeof FLAGS>): void {
  if (leaseDurationMs <= renewDeadlineMs)
    throw new ConfigError("--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline");
  if (renewDeadlineMs <= RETRY_JITTER * retryPeriodMs)
    throw new ConfigError(
      `--leader-elect-renew-deadline must be longer than ${RETRY_JITTER} times --leader-elect-retry-period`,
    );
}

const RETRY_JITTER = 1.2;

export function helpText(): string {
  return [
    "Manages S3 buckets with Kubernetes custom resources.",
    "",
    "Usage: s3-operator [flags]",
    "       s3-operator COMMAND [flags]",
    "",
    "Commands:",
    "  export     Print an existing bucket as an S3Bucket manifest.",
    "  explain    Explain why AWS denies a request that a BucketAccess should allow.",
    "",
    ...describeFlags(FLAGS),
    "",
    'Use "s3-operator COMMAND --help" for the flags of a command.',
    "",
  ].join("\n");
}
