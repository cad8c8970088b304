import { globalAgent, setGlobalProxyFromEnv, type Agent, type AgentOptions, type ProxyEnv } from "node:http";
import { isIPv4 } from "node:net";

/** A proxy variable cannot be used. The message has no URL: that may contain a password. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * Addresses that a request never reaches through a proxy: instance metadata, container credentials, Pod Identity and
 * this host.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
const DIRECT = [
  "169.254.169.254",
  "fd00:ec2::254",
  "169.254.170.2",
  "169.254.170.23",
  "fd00:ec2::23",
  "localhost",
  "127.0.0.0/8",
  "::1",
];

/**
 * The proxies of an environment, for `proxyEnv` of Node's agents: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or lower case,
 * which takes precedence. As in Go, a URL without a scheme is http, a domain in NO_PROXY includes its subdomains, and a
 * range of IPv4 addresses may be a CIDR block (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config).
 * @throws ProxyError
 */
export function proxyEnvOf(env: Readonly<Record<string, string | undefined>>): ProxyEnv {
  const noProxy = [...(read(env, "no_proxy")?.text.split(",") ?? []), ...DIRECT].flatMap(bypassOf);
  const proxies = ["https_proxy", "http_proxy"].map((name) => [name, urlOf(read(env, name))]);
  return { ...Object.fromEntries(proxies.filter(([, url]) => url !== undefined)), no_proxy: noProxy.join(",") };
}

/**
 * With NODE_USE_ENV_PROXY, Node's global agents, which the SDK uses for instance metadata, get the same exceptions.
 * Call once, before any request.
 * @throws ProxyError
 */
export function correctGlobalProxies(env: Readonly<Record<string, string | undefined>>): void {
  const proxies = proxyEnvOf(env);
  const { options } = globalAgent as Agent & { options: AgentOptions };
  if (options.proxyEnv !== undefined) setGlobalProxyFromEnv(proxies);
}

interface Variable {
  name: string;
  text: string;
}

function read(env: Readonly<Record<string, string | undefined>>, lowerCase: string): Variable | undefined {
  const found = [lowerCase, lowerCase.toUpperCase()].find((name) => env[name]);
  return found === undefined ? undefined : { name: found, text: env[found]?.trim() ?? "" };
}

function urlOf(variable: Variable | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const { name, text } = variable;
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null || !["http:", "https:"].includes(url.protocol) || !isEncoded(url))
    throw new ProxyError(
      `${name} must be a URL of an HTTP proxy, such as http://USER:PASSWORD@proxy.example.com:3128, ` +
        "with reserved characters in USER and PASSWORD percent-encoded",
    );
  return url.href;
}

/** Whether Node can decode the user and the password. */
function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** One entry of NO_PROXY in the syntax of Node, which has no CIDR blocks and takes a domain without its subdomains. */
function bypassOf(given: string): string[] {
  const entry = given.trim().replace(/^\[(.*)\]$/, "$1");
  if (entry === "" || entry === "*" || entry.startsWith(".") || entry.startsWith("*."))
    return entry === "" ? [] : [entry];
  const [address = "", bits] = entry.split("/");
  if (bits !== undefined && isIPv4(address)) return rangeOf(address, Number(bits));
  return isIPv4(entry) || entry.includes(":") ? [entry] : [entry, `.${entry}`];
}

function rangeOf(address: string, bits: number): string[] {
  if (!(bits >= 0 && bits <= 32)) return [];
  const size = 2 ** (32 - bits);
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return [`${dotted(first)}-${dotted(first + size - 1)}`];
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
