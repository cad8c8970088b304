import { describe, expect, test } from "vitest";
import { ConfigError, helpText, parseConfig } from "./config.ts";

const message = (argv: string[], env: Record<string, string> = {}) => {
  try {
    parseConfig(argv, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("accepted");
};

describe("configuration", () => {
  test("has a default for everything", () => {
    expect(parseConfig([], {})).toEqual({
      action: "run",
      kubeconfig: undefined,
      concurrency: 10,
      pollIntervalMs: 600_000,
      settleWindowMs: 90_000,
      emptyByLifecycleAbove: 1_000_000,
      shutdownTimeoutMs: 30_000,
      stalledAfterMs: 300_000,
      watchNamespaces: [],
      watchSelector: undefined,
      clusterName: "default",
      leaderElect: true,
      leaderElectionNamespace: undefined,
      leaderElectionName: "s3-operator",
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      healthAddress: { port: 8081 },
      metricsAddress: { port: 8080 },
      logLevel: "info",
      s3ForcePathStyle: false,
    });
  });

  test("takes a value after a space or an equals sign; the last one takes precedence", () => {
    const config = parseConfig(["--concurrency", "3", "--cluster-name=a", "--concurrency=4", "--kubeconfig", "/k"], {});
    expect(config).toMatchObject({ concurrency: 4, clusterName: "a", kubeconfig: "/k" });
  });

  test("a flag takes precedence over its environment variable; an empty variable counts as unset", () => {
    const env = { S3_OPERATOR_CONCURRENCY: "3", S3_OPERATOR_POLL_INTERVAL: "1m", S3_OPERATOR_CLUSTER_NAME: "" };
    expect(parseConfig(["--concurrency=5"], env)).toMatchObject({
      concurrency: 5,
      pollIntervalMs: 60_000,
      clusterName: "default",
    });
  });

  test.each([
    [["--leader-elect"], true],
    [["--leader-elect=true"], true],
    [["--leader-elect=false"], false],
  ])("%j", (argv, leaderElect) => {
    expect(parseConfig(argv, { S3_OPERATOR_LEADER_ELECT: "false" })).toMatchObject({ leaderElect });
  });

  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["10s", 10_000],
    ["24h", 86_400_000],
    ["10000ms", 10_000],
  ])("the duration %s is %i ms", (text, pollIntervalMs) => {
    expect(parseConfig([`--poll-interval=${text}`], {})).toMatchObject({ pollIntervalMs });
  });

  test.each([
    [":9090", { port: 9090 }],
    ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
    ["[::1]:8080", { host: "::1", port: 8080 }],
    ["localhost:8080", { host: "localhost", port: 8080 }],
    ["0", undefined],
    ["", undefined],
  ])("the address %j", (text, healthAddress) => {
    expect(parseConfig([`--health-address=${text}`], {}).healthAddress).toEqual(healthAddress);
  });

  test("namespaces are a list without duplicates", () => {
    expect(parseConfig(["--watch-namespaces", "a, b,,a"], {}).watchNamespaces).toEqual(["a", "b"]);
  });

  test.each([
    "team=a",
    "team==a,tier!=test",
    "env in (prod, test), !legacy",
    "example.com/team",
    "env notin (a)",
    "a=",
  ])("the selector %j is valid", (watchSelector) => {
    expect(parseConfig([`--watch-selector=${watchSelector}`], {})).toMatchObject({ watchSelector });
  });

  test.each(["team=a b", "in (a", "a,,b", "=a", "a=b=c", "a in", "a>1", "-a"])(
    "the selector %j is invalid",
    (selector) => {
      expect(message([`--watch-selector=${selector}`])).toContain("--watch-selector must be a label selector");
    },
  );

  test("a long selector is parsed fast", () => {
    const startedAt = performance.now();
    message([`--watch-selector=${"a".repeat(990)}!`]);
    message([`--watch-selector=${"a in (".repeat(160)}`]);
    message([`--watch-selector=a in (${" ,".repeat(490)}!`]);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test.each([
    [["--concurrency", "0"], '--concurrency must be a whole number from 1 to 1000, not "0"'],
    [["--concurrency=1.5"], '--concurrency must be a whole number from 1 to 1000, not "1.5"'],
    [["--concurrency="], '--concurrency must be a whole number from 1 to 1000, not ""'],
    [["--concurrency"], "--concurrency needs a value"],
    [["--concurrency", "--leader-elect"], "--concurrency needs a value"],
    [["--poll-interval=600"], '--poll-interval must be a duration from 10s to 24h, such as 90s or 1h30m, not "600"'],
    [["--poll-interval=9s"], '--poll-interval must be a duration from 10s to 24h, such as 90s or 1h30m, not "9s"'],
    [["--poll-interval=25h"], '--poll-interval must be a duration from 10s to 24h, such as 90s or 1h30m, not "25h"'],
    [["--leader-elect=yes"], '--leader-elect must be true or false, not "yes"'],
    [["--log-level=trace"], '--log-level must be one of debug, info, warn, error, not "trace"'],
    [["--concurency=3"], "unknown flag --concurency; --help lists all"],
    [["--no-leader-elect"], "unknown flag --no-leader-elect; --help lists all"],
    [["-x"], "unknown flag -x; --help lists all"],
    [["run"], 'unexpected argument "run"'],
    [["--", "x"], 'unexpected argument "--"'],
    [["--leader-elect", "false"], 'unexpected argument "false"'],
  ])("%j: %s", (argv, expected) => {
    expect(message(argv)).toBe(expected);
  });

  test.each([
    ["--cluster-name=A", "--cluster-name must be at most 63 lower-case letters"],
    [`--cluster-name=${"a".repeat(64)}`, "--cluster-name must be at most 63 lower-case letters"],
    ["--cluster-name=", "--cluster-name must be at most 63 lower-case letters"],
    ["--watch-namespaces=a,B", "--watch-namespaces must be names of namespaces"],
    ["--health-address=8081", "--health-address must be an address such as :8080"],
    ["--health-address=:65536", "--health-address must be an address such as :8080"],
    ["--metrics-address=http://x:80", "--metrics-address must be an address such as :8080"],
  ])("%s", (argument, expected) => {
    expect(message([argument])).toContain(expected);
  });

  test("an invalid environment variable is named", () => {
    expect(message([], { S3_OPERATOR_CONCURRENCY: "many" })).toBe(
      'S3_OPERATOR_CONCURRENCY must be a whole number from 1 to 1000, not "many"',
    );
  });

  test("help and version work even if other flags are invalid", () => {
    expect(parseConfig(["--help", "--concurrency=0"], { S3_OPERATOR_LOG_LEVEL: "loud" }).action).toBe("help");
    expect(parseConfig(["-h"], {}).action).toBe("help");
    expect(parseConfig(["--version"], {}).action).toBe("version");
  });

  test("the help text lists every flag with its default", () => {
    const flags = [...helpText().matchAll(/^ {2}--([a-z0-9-]+)/gm)].map(([, name]) => name);
    expect(flags).toContain("settle-window");
    for (const name of flags.filter((name) => name !== "version")) {
      const variable = `S3_OPERATOR_${String(name).replaceAll("-", "_").toUpperCase()}`;
      // An invalid value is rejected, so the variable is read. Any value of --kubeconfig is valid.
      if (name !== "kubeconfig") expect(message([], { [variable]: "Not/valid!" })).toContain(variable);
    }
    expect(helpText()).toContain("Default: 10m.");
  });
});

describe("times of the lease", () => {
  const times = (lease: string, renew: string, retry: string) => [
    `--leader-elect-lease-duration=${lease}`,
    `--leader-elect-renew-deadline=${renew}`,
    `--leader-elect-retry-period=${retry}`,
  ];

  test.each([
    ["60s", "40s", "5s"],
    ["1001ms", "1s", "833ms"],
  ])("%s, %s and %s are accepted", (...given) => {
    expect(parseConfig(times(...given), {})).toMatchObject({ action: "run" });
  });

  test.each([
    ["10s", "10s", "2s", /^--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline$/],
    ["15s", "12s", "10s", /^--leader-elect-renew-deadline must be longer than 1.2 times --leader-elect-retry-period$/],
    ["999ms", "500ms", "100ms", /^--leader-elect-lease-duration must be a duration from 1s to 10m/],
  ])("%s, %s and %s are refused", (lease, renew, retry, expected) => {
    expect(message(times(lease, renew, retry))).toMatch(expected);
  });

  test("may contradict without leader election", () => {
    expect(parseConfig([...times("10s", "10s", "2s"), "--leader-elect=false"], {})).toMatchObject({ action: "run" });
  });
});
