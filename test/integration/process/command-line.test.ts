import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ensureBundle } from "../support/process/bundle.ts";
import { startNode } from "../support/process/process.ts";

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-operator-command-line-"));
  bundle = join(folder, "operator.mjs");
  await copyFile(await ensureBundle(), bundle);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("command line", () => {
  const run = async (args: readonly string[], environment: Record<string, string> = {}) => {
    await using operator = startNode(bundle, args, { environment, cwd: folder });
    const { code } = await operator.exited;
    return { code, output: operator.output() };
  };

  const FLAGS = [
    "kubeconfig",
    "concurrency",
    "poll-interval",
    "settle-window",
    "empty-by-lifecycle-above",
    "shutdown-timeout",
    "stalled-after",
    "watch-namespaces",
    "watch-selector",
    "cluster-name",
    "leader-elect",
    "leader-election-namespace",
    "leader-election-name",
    "leader-elect-lease-duration",
    "leader-elect-renew-deadline",
    "leader-elect-retry-period",
    "health-address",
    "metrics-address",
    "log-level",
    "s3-force-path-style",
  ];

  test.concurrent("--help names each flag and its variable", async () => {
    const { code, output } = await run(["--help"]);
    expect(code).toBe(0);
    for (const flag of FLAGS) {
      expect(output).toMatch(new RegExp(`^ +--${flag}\\b`, "m"));
      expect(output).toMatch(new RegExp(`\\bS3_OPERATOR_${flag.replaceAll("-", "_").toUpperCase()}\\b`));
    }
    expect(output.match(/^ +--[a-z0-9-]+/gm)).toHaveLength(FLAGS.length + 1);
    expect(output.match(/AWS_ENDPOINT_URL/)).not.toBeNull();
  });

  test.concurrent("--version prints the package's version", async () => {
    const { default: manifest } = await import("../../../package.json", { with: { type: "json" } });
    expect(await run(["--version"])).toEqual({ code: 0, output: `${manifest.version}\n` });
  });

  test.concurrent.each([
    [["--concurency=3"], {}, "--concurency"],
    [["--concurrency=0"], {}, "--concurrency"],
    [["--concurrency"], {}, "--concurrency"],
    [["--poll-interval=1s"], {}, "--poll-interval"],
    [["--watch-namespaces=Team_A"], {}, "--watch-namespaces"],
    [["--metrics-address=nowhere"], {}, "--metrics-address"],
    [["--leader-elect=maybe"], {}, "--leader-elect"],
    [["--log-level=loud"], {}, "--log-level"],
    [["--leader-elect-renew-deadline=15s"], {}, "--leader-elect-lease-duration must be longer"],
    [[], { HTTPS_PROXY: "socks5://proxy.example.com" }, "HTTPS_PROXY"],
    [["export", "--bucket=docs"], { http_proxy: "http://user:100%@proxy.example.com" }, "http_proxy"],
    [["serve"], {}, "serve"],
    [[], { S3_OPERATOR_SHUTDOWN_TIMEOUT: "soon" }, "S3_OPERATOR_SHUTDOWN_TIMEOUT"],
  ])("%j with %j exits 2, with a line that names the error", async (args, environment, culprit) => {
    const { code, output } = await run(args, environment);
    expect(code).toBe(2);
    expect(output).toContain(culprit);
    expect(output.trimEnd().split("\n"), "the message has no stack trace").toHaveLength(1);
  });

  test.concurrent.each(["--health-address", "--metrics-address"])(
    "%s with a port in use exits 1, and names it",
    async (flag) => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      try {
        const kubeconfig = inject("kubeconfigPath");
        const others = ["--health-address=0", "--metrics-address=0", "--leader-elect=false"];
        const { code, output } = await run([...others, `${flag}=127.0.0.1:${port}`], { KUBECONFIG: kubeconfig });
        expect(code).toBe(1);
        expect(output).toContain(`${flag} 127.0.0.1:${port}: port ${port} is in use`);
      } finally {
        server.close();
      }
    },
  );

  test.concurrent.each([
    ["that does not exist", undefined],
    ["that is invalid", "{{{ token: planted"],
  ])("a kubeconfig %s exits 1, and names it", async (_, content) => {
    const kubeconfig = join(folder, `${content === undefined ? "absent" : "broken"}.yaml`);
    if (content !== undefined) await writeFile(kubeconfig, content);
    const { code, output } = await run(["--kubeconfig", kubeconfig]);
    expect(code).toBe(1);
    expect(output).toContain(`--kubeconfig ${kubeconfig}`);
    expect(output, "the content may be secret").not.toContain("planted");
    await rm(kubeconfig, { force: true });
  });

  test("a kubeconfig with what is not supported exits 1, and names it", async () => {
    const kubeconfig = join(folder, "oidc.yaml");
    const user = { "auth-provider": { name: "oidc", config: { "refresh-token": "planted" } } };
    const content = {
      "current-context": "main",
      contexts: [{ name: "main", context: { cluster: "c", user: "jane" } }],
      clusters: [{ name: "c", cluster: { server: "https://kube.example.com" } }],
      users: [{ name: "jane", user }],
    };
    await writeFile(kubeconfig, JSON.stringify(content));
    const { code, output } = await run([], { KUBECONFIG: kubeconfig });
    expect(code).toBe(1);
    expect(output).toContain(`KUBECONFIG=${kubeconfig}: user 'jane': auth-provider is not supported`);
    expect(output).not.toContain("planted");
  });
});
