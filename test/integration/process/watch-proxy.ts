import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { dump, load } from "js-yaml";

/** A proxy between an operator and the API server that can make watches silent while all other calls succeed. */
export interface WatchProxy extends AsyncDisposable {
  /** Path of a kubeconfig copy that uses the proxy. */
  kubeconfigPath: string;
  /** From now on present and later watches forward nothing, and do not end. */
  silence(): void;
  /** From now on present watches forward nothing, and do not end. Later ones do. */
  drop(): void;
}

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
}

/** Writes its kubeconfig to `path`. */
export async function startWatchProxy(kubeconfigPath: string, path: string): Promise<WatchProxy> {
  const config = load(await readFile(kubeconfigPath, "utf8")) as Kubeconfig;
  const [{ cluster }] = config.clusters as [Kubeconfig["clusters"][number]];
  const target = new URL(String(cluster["server"]));
  const ca = Buffer.from(String(cluster["certificate-authority-data"]), "base64");
  let isSilent = false;
  let drops = 0;

  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, url = "", headers } = incoming;
    const isWatch = url.includes("watch=true");
    const dropsBefore = drops;
    const forwards = () => !isWatch || !(isSilent || drops > dropsBefore);
    const options = { host: target.hostname, port: target.port, ca, method, path: url, headers };
    const upstream = request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("data", (chunk: Buffer) => {
        if (forwards()) response.write(chunk);
      });
      answer.on("end", () => {
        if (forwards()) response.end();
      });
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  };
  const server = createServer(pass).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Without it, client-node refuses plain HTTP.
  const proxied = { server: url, "insecure-skip-tls-verify": true };
  const clusters = config.clusters.map(({ name }) => ({ name, cluster: proxied }));
  await writeFile(path, dump({ ...config, clusters }), { mode: 0o600 });
  return {
    kubeconfigPath: path,
    silence: () => void (isSilent = true),
    drop: () => void (drops += 1),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
