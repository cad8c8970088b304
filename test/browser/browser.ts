/**
 * Chromium, in an Internet of its own: S3's names lead to the simulator, and all other names to an empty page. So pages
 * have the origins that an example names, and SDKs sign URLs for the names that S3 has.
 */

import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { chromium, type Page } from "playwright-core";
import { TEST_CERTIFICATE } from "../../operator/aws/testing/certificate.ts";
import { findDebianProgram } from "../on-demand/debian.ts";

export interface Browser extends AsyncDisposable {
  /** Opens a page in a profile of its own. */
  open(url: string): Promise<Opened>;
}

export interface Opened {
  page: Page;
  /** What the browser wrote to the console as errors, such as why it blocked a request. */
  errors: readonly string[];
  /** The status that the page itself was answered with. */
  status: number | undefined;
}

/** What a host answers to a path. */
export type Sites = Record<string, (path: string) => Promise<{ status: number; body: string }>>;

/** Generous, for busy machines. */
export const TIMEOUT_MS = 90_000;

const FLAGS = ["quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);

/** `simulator` is the URL of AWS. Website endpoints speak HTTP, all others TLS. */
export async function startBrowser(simulator: string, sites: Sites = {}): Promise<Browser> {
  await using stack = new AsyncDisposableStack();
  const front = createServer(TEST_CERTIFICATE, (incoming, outgoing) => {
    const { host = "" } = incoming.headers;
    if (host.endsWith(".amazonaws.com")) forward(simulator, incoming, outgoing);
    else void serve(sites[host] ?? EMPTY, incoming, outgoing);
  });
  stack.defer(() => {
    front.closeAllConnections();
    front.close();
  });
  await once(front.listen(0, "127.0.0.1"), "listening");
  const { port } = front.address() as AddressInfo;
  const names = `MAP *:80 ${new URL(simulator).host}, MAP * 127.0.0.1:${port}`;
  const started = await chromium.launch({
    executablePath: await findDebianProgram("chromium"),
    args: [...FLAGS, "--no-first-run", "--disable-gpu", `--host-resolver-rules=${names}`],
  });
  stack.defer(() => started.close());
  const end = stack.move();
  return {
    open: async (url) => {
      const page = await started.newPage({ ignoreHTTPSErrors: true });
      page.setDefaultTimeout(TIMEOUT_MS);
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      const answer = await page.goto(url);
      return { page, errors, status: answer?.status() };
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

const EMPTY: Sites[string] = async () => ({ status: 200, body: "<title>page</title>" });

async function serve(site: Sites[string], { url = "/" }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { status, body } = await site(url);
  outgoing.writeHead(status, { "content-type": "text/html" }).end(body);
}

/** Passes the request on with the host that it names. */
function forward(simulator: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url } = incoming;
  const passed = httpRequest(`${simulator}${url}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.destroy());
  incoming.pipe(passed);
}
