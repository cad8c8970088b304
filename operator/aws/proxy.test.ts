import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { awsErrorKind } from "./errors.ts";
import { proxyEnvOf } from "./proxy.ts";
import { createAws, type Identity } from "./session.ts";
import { TEST_CERTIFICATE } from "./testing/certificate.ts";
import { assumedRole, callerIdentity, nothingSet, startEndpoint, type Endpoint } from "./testing/endpoint.ts";
import { startProxy, type TestProxy } from "./testing/proxy.ts";

const ACCOUNT = "111122223333";
const IDENTITY: Identity = { accountId: ACCOUNT, region: "eu-central-1" };
const VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

let endpoint: Endpoint;
let folder: string;
const trusted = getCACertificates("default");

beforeAll(() => setDefaultCACertificates([...trusted, TEST_CERTIFICATE.cert]));
afterAll(() => setDefaultCACertificates(trusted));

beforeEach(async () => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  folder = mkdtempSync(join(tmpdir(), "proxy-"));
  endpoint = await startEndpoint();
  endpoint.answer = (request) => {
    if (request.body.includes("Action=AssumeRoleWithWebIdentity"))
      return assumedRole("ASIAWEB", new Date(Date.now() + 3_600_000), "AssumeRoleWithWebIdentity");
    if (request.body.includes("Action=GetCallerIdentity"))
      return callerIdentity(ACCOUNT, `arn:aws:iam::${ACCOUNT}:user/operator`);
    return nothingSet(request);
  };
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const start = (options?: { tls: boolean }) => startProxy(Number(new URL(endpoint.url).port), options);

function withKeys(url: string) {
  vi.stubEnv("AWS_ENDPOINT_URL", url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
}

/** One call of STS and one of S3. */
async function callAws() {
  const aws = createAws({ forcePathStyle: true, requestTimeoutMs: 2000 });
  onTestFinished(() => aws.destroy());
  const session = await aws.session(IDENTITY);
  await session.s3("eu-central-1").send(new GetBucketVersioningCommand({ Bucket: "docs" }));
}

const hostsOf = ({ requests }: TestProxy) =>
  new Set(requests.map(({ line }) => line.replace(/^CONNECT (.*):443$/, "$1").replace(/^.*:\/\/([^/:]*).*$/, "$1")));

describe("calls to AWS", () => {
  test.each([
    ["https", false],
    ["https", true],
    ["http", false],
    ["http", true],
  ])("of an %s endpoint go through the proxy; served by TLS: %s", async (scheme, tls) => {
    await using proxy = await start({ tls });
    withKeys(`${scheme}://aws.invalid`);
    const url = `${tls ? "https" : "http"}://us%40er:p%25ss%3Aw%2Frd@localhost:${proxy.port}`;
    vi.stubEnv(`${scheme.toUpperCase()}_PROXY`, url);
    await callAws();
    expect(endpoint.requests).toHaveLength(2);
    const [first] = proxy.requests;
    expect(first?.line).toMatch(scheme === "https" ? /^CONNECT aws\.invalid:443$/ : /^POST http:\/\/aws\.invalid/);
    expect(new Set(proxy.requests.map(({ user }) => user))).toEqual(new Set(["us@er:p%ss:w/rd"]));
  });

  test.each([
    ["https_proxy", "https"],
    ["http_proxy", "http"],
  ])("take the proxy of %s, which precedes the upper-case variable", async (name, scheme) => {
    await using proxy = await start();
    withKeys(`${scheme}://aws.invalid`);
    vi.stubEnv(name, `localhost:${proxy.port}`);
    vi.stubEnv(name.toUpperCase(), "http://other.invalid:1");
    await callAws();
    expect(hostsOf(proxy)).toEqual(new Set(["aws.invalid"]));
  });

  test.each([["NO_PROXY"], ["no_proxy"]])("bypass the proxy for a host in %s", async (name) => {
    await using proxy = await start();
    withKeys("https://aws.invalid");
    vi.stubEnv("HTTPS_PROXY", `http://localhost:${proxy.port}`);
    vi.stubEnv(name, "example.com, aws.invalid");
    await expect(callAws()).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
    expect(proxy.requests).toEqual([]);
  });

  test("report a proxy that refuses, without its password", async () => {
    vi.stubEnv("HTTPS_PROXY", `http://user:s3cr3t@localhost:${new URL(endpoint.url).port}`);
    withKeys("https://aws.invalid");
    const error = await callAws().catch((err: unknown) => err);
    expect(awsErrorKind(error)).toBe("Unavailable");
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("s3cr3t");
  });
});

describe("credentials", () => {
  test("of a web identity are fetched through the proxy", async () => {
    await using proxy = await start();
    const token = join(folder, "token");
    writeFileSync(token, "jwt");
    vi.stubEnv("HTTPS_PROXY", `http://localhost:${proxy.port}`);
    vi.stubEnv("AWS_ENDPOINT_URL", "https://aws.invalid");
    vi.stubEnv("AWS_ROLE_ARN", `arn:aws:iam::${ACCOUNT}:role/s3-operator`);
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", token);
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, join(folder, "none"));
    await callAws();
    expect(endpoint.requests.map(({ accessKeyId }) => accessKeyId)).toEqual(["", "ASIAWEB", "ASIAWEB"]);
    expect(proxy.requests).toHaveLength(3);
  });

  test("of a container on this host are not", async () => {
    await using proxy = await start();
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, join(folder, "none"));
    vi.stubEnv("HTTP_PROXY", `http://localhost:${proxy.port}`);
    vi.stubEnv("HTTPS_PROXY", `http://localhost:${proxy.port}`);
    vi.stubEnv("AWS_ENDPOINT_URL", "https://aws.invalid");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `${endpoint.url}/v1/credentials`);
    const answer = endpoint.answer;
    const keys = { AccessKeyId: "ASIAPOD", SecretAccessKey: "s", Token: "t", Expiration: "2126-01-01T00:00:00Z" };
    endpoint.answer = (request) =>
      request.path === "/v1/credentials" ? { status: 200, body: JSON.stringify(keys) } : answer(request);
    await callAws();
    expect(endpoint.requests.map(({ accessKeyId }) => accessKeyId)).toEqual(["", "ASIAPOD", "ASIAPOD"]);
    expect(hostsOf(proxy)).toEqual(new Set(["aws.invalid"]));
  });
});

const METADATA = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"];

/** Sends a request that need not arrive; resolves after at most 100 ms. */
const attempt = (host: string, agent: Agent) =>
  new Promise<void>((resolve) => {
    const sent = get({ host, agent }, () => sent.destroy());
    sent.on("error", () => {}).on("close", resolve);
    setTimeout(() => sent.destroy(), 100);
  });

describe("addresses of metadata and of container credentials", () => {
  test("are reached without the proxy, whatever NO_PROXY says", async () => {
    await using proxy = await start();
    const agent = new Agent({ proxyEnv: proxyEnvOf({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "a" }) });
    await Promise.all([...METADATA, "169.254.169.253"].map((host) => attempt(host, agent)));
    expect(proxy.requests.map(({ line }) => line)).toEqual(["GET http://169.254.169.253/"]);
    agent.destroy();
  });

  test("are also reached without it by Node's own agents, with NODE_USE_ENV_PROXY", async () => {
    await using proxy = await start();
    const script = `
      import { get } from "node:http";
      import { correctGlobalProxies } from ${JSON.stringify(import.meta.resolve("./proxy.ts"))};
      correctGlobalProxies(process.env);
      for (const host of ${JSON.stringify([...METADATA, "169.254.169.253"])}) get({ host }).on("error", () => {});
      setTimeout(() => process.exit(0), 200);`;
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "a" };
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
    expect(proxy.requests.map(({ line }) => line)).toEqual(["GET http://169.254.169.253/"]);
  });
});

describe("the environment", () => {
  const bypassed = (NO_PROXY: string) => proxyEnvOf({ NO_PROXY })["no_proxy"]?.split(",") ?? [];

  test.each([
    ["example.com", ["example.com", ".example.com"]],
    [".example.com , *.example.org", [".example.com", "*.example.org"]],
    ["10.0.0.0/8,192.168.1.7/31", ["10.0.0.0-10.255.255.255", "192.168.1.6-192.168.1.7"]],
    ["0.0.0.0/0", ["0.0.0.0-255.255.255.255"]],
    ["10.1.2.3,[fd00::1],host:8080", ["10.1.2.3", "fd00::1", "host:8080"]],
    ["*", ["*"]],
    ["10.0.0.0/33,10.0.0.0/x,,", []],
  ])("NO_PROXY=%s becomes %j", (text, expected) => {
    const always = bypassed("");
    expect(bypassed(text).slice(0, -always.length)).toEqual(expected);
    expect(always).toEqual(expect.arrayContaining([...METADATA, "localhost", "127.0.0.0-127.255.255.255", "::1"]));
  });

  test.each([
    ["socks5://proxy.example.com:1080"],
    ["http://user:100%@proxy.example.com"],
    ["http://user:s3cr3t@"],
    ["http://a b"],
  ])("refuses HTTPS_PROXY=%s by name, without the URL", (url) => {
    expect(() => proxyEnvOf({ HTTPS_PROXY: url })).toThrow(
      /^HTTPS_PROXY must be a URL of an HTTP proxy, such as http:/,
    );
    expect(() => proxyEnvOf({ http_proxy: url })).toThrow(/^http_proxy must be/);
    expect(() => proxyEnvOf({ HTTPS_PROXY: url })).not.toThrow(/s3cr3t|100%|1080/);
  });

  test("without proxies has only the exceptions", () => {
    expect(Object.keys(proxyEnvOf({ HTTPS_PROXY: "", http_proxy: undefined }))).toEqual(["no_proxy"]);
  });
});

test("NODE_EXTRA_CA_CERTS makes Node trust a proxy that issues its own certificates", async () => {
  await using proxy = await start({ tls: true });
  const file = join(folder, "ca.pem");
  writeFileSync(file, TEST_CERTIFICATE.cert);
  const script = `
    import { Agent, get } from "node:https";
    import { proxyEnvOf } from ${JSON.stringify(import.meta.resolve("./proxy.ts"))};
    const agent = new Agent({ proxyEnv: proxyEnvOf(process.env) });
    get("https://aws.invalid", { agent }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));`;
  const env = { HTTPS_PROXY: `https://localhost:${proxy.port}`, NODE_EXTRA_CA_CERTS: file };
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  const strict = { HTTPS_PROXY: env.HTTPS_PROXY };
  const failed = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env: strict });
  await expect(failed).rejects.toThrow("self-signed certificate");
});
