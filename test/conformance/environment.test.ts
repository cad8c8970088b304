import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { helpText } from "../../operator/cli/config.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "docs", "charts"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Variables that the operator, the AWS SDK, Node or a workload reads. config.test.ts has those of the flags. */
const VARIABLE = /(?<![\w-])(?:AWS_[A-Z0-9_]+|(?:HTTPS?|NO|ALL)_PROXY|KUBECONFIG|NODE_[A-Z_]+)(?![\w*])/g;

/** For each variable that the documentation, the chart or --help names, the test that shows what it does. */
const TESTS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "operator/aws/session.test.ts",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "operator/aws/proxy.test.ts",
  AWS_DEFAULT_REGION: "test/clients/container.ts",
  AWS_ENDPOINT_URL: "operator/aws/clients.test.ts",
  AWS_PROFILE: "operator/export/environment.test.ts",
  AWS_REGION: "operator/export/environment.test.ts",
  AWS_ROLE_ARN: "operator/aws/proxy.test.ts",
  AWS_SECRET_ACCESS_KEY: "operator/aws/session.test.ts",
  AWS_WEB_IDENTITY_TOKEN_FILE: "operator/aws/proxy.test.ts",
  HTTP_PROXY: "operator/aws/proxy.test.ts",
  HTTPS_PROXY: "operator/aws/proxy.test.ts",
  KUBECONFIG: "operator/kube/kubeconfig.test.ts",
  NODE_EXTRA_CA_CERTS: "operator/aws/proxy.test.ts",
  NODE_OPTIONS: "test/integration/process/tracing.test.ts",
  NO_PROXY: "operator/aws/proxy.test.ts",
};

const named = new Map<string, Set<string>>();
for (const [path, text] of [...files.map((path) => [path, read(path)]), ["--help", helpText()]] as const) {
  for (const [name] of text.matchAll(VARIABLE)) named.set(name, (named.get(name) ?? new Set()).add(path));
}

describe("each environment variable that is documented has a test", () => {
  test.each([...named].map(([name, paths]) => [name, [...paths].join(", ")]))("%s, named in %s", (name) => {
    const path = TESTS[name] ?? "";
    expect(path, `Test what ${name} does, and name the test in ${import.meta.url}`).not.toBe("");
    expect(existsSync(join(ROOT, path)) && read(path).includes(name), `${path} must test ${name}`).toBe(true);
  });

  test("and no test is listed for a variable that is not documented", () => {
    expect(Object.keys(TESTS).filter((name) => !named.has(name))).toEqual([]);
  });
});
