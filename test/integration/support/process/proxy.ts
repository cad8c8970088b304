import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { dump, load } from "js-yaml";

/** A proxy between an operator and the API server that acts as a bad network. It starts with all traffic allowed. */
export interface Proxy extends AsyncDisposable {
  /** https://127.0.0.1:port, in place of the API server's address. The server's certificate is valid for any port. */
  url: string;
  /** Ends all connections, and accepts new ones. */
  cut(): void;
  /** Accepts connections and bytes from now on, and forwards nothing. */
  stall(): void;
  /** Ends all connections, and refuses new ones. */
  refuse(): Promise<void>;
  /** Forwards everything again; bytes from before are lost. */
  restore(): Promise<void>;
}

/** `target` is the API server's address, https://127.0.0.1:port. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let stalled = false;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const pass = (client: Socket) => {
    track(client);
    if (stalled) return;
    const upstream = connect(Number(targetPort), hostname);
    track(upstream);
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  };
  const listen = async (port: number): Promise<Server> => {
    const listening = createServer(pass).listen(port, "127.0.0.1");
    await once(listening, "listening");
    return listening;
  };

  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const refuse = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return cut();
    const closed = once(closing, "close");
    closing.close();
    cut();
    await closed;
  };

  return {
    url: `https://127.0.0.1:${port}`,
    cut,
    stall() {
      stalled = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    refuse,
    async restore() {
      stalled = false;
      cut();
      server ??= await listen(port);
    },
    [Symbol.asyncDispose]: refuse,
  };
}

interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
}

/** The API server's address in a kubeconfig of one cluster. */
export async function serverOf(kubeconfigPath: string): Promise<string> {
  const { clusters } = load(await readFile(kubeconfigPath, "utf8")) as Kubeconfig;
  const [first] = clusters;
  if (first === undefined) throw new Error(`${kubeconfigPath} names no cluster`);
  return first.cluster.server;
}

/** Writes a copy of a kubeconfig that uses the proxy to `path`. */
export async function writeProxiedKubeconfig(kubeconfigPath: string, proxy: Proxy, path: string): Promise<void> {
  const config = load(await readFile(kubeconfigPath, "utf8")) as Kubeconfig;
  const clusters = config.clusters.map((entry) => ({ ...entry, cluster: { ...entry.cluster, server: proxy.url } }));
  await writeFile(path, dump({ ...config, clusters }), { mode: 0o600 });
}
