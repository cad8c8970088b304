/** A proxy between the operator and another implementation of AWS, which records what the operator does. */
import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { SeenCall } from "../integration/support/world/world.ts";

/** A call as it was sent, so that it can be sent again. */
export interface RecordedCall extends SeenCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** 0 while it is in flight. */
  status: number;
}

export interface Recorder extends AsyncDisposable {
  /** The address for the operator. */
  url: string;
  /** Oldest first. */
  calls: { readonly all: readonly RecordedCall[] };
}

/** @param target http://host:port */
export async function startRecorder(target: string): Promise<Recorder> {
  const all: RecordedCall[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const call = describe(incoming, body);
    all.push(call);
    const answer = await forward(target, call);
    call.status = answer.statusCode ?? 0;
    outgoing.writeHead(call.status, answer.rawHeaders);
    answer.pipe(outgoing);
  };
  const server = createServer({ keepAliveTimeout: 300_000 }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: { all },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends recorded calls again, as a user does who sets the former values by hand. The order is kept. */
export async function sendAgain(target: string, calls: readonly RecordedCall[]): Promise<void> {
  for (const call of calls) {
    const answer = await forward(target, call);
    answer.resume();
    await once(answer, "end");
    if ((answer.statusCode ?? 500) >= 300) throw new Error(`${call.operation} again: status ${answer.statusCode}`);
  }
}

async function forward(target: string, { method, path, headers, body }: RecordedCall): Promise<IncomingMessage> {
  const { hostname, port } = new URL(target);
  const outgoing = request({ hostname, port, method, path, headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return answer;
}

function describe({ method = "GET", url: path = "/", headers }: IncomingMessage, body: Buffer): RecordedCall {
  const [bucket = ""] = path.slice(1).split(/[/?]/);
  const action = new URLSearchParams(body.toString()).get("Action");
  const operation = (headers["x-amz-target"] as string | undefined) ?? action ?? `${method} ${path}`;
  const write = !isRead(method, operation);
  // Nothing but the operator reaches this proxy.
  return { operation, write, bucket, caller: "operator", method, path, headers, body, status: 0 };
}

/** The protocols of IAM, STS and KMS send reads by POST too. */
function isRead(method: string, operation: string): boolean {
  if (method === "GET" || method === "HEAD") return true;
  return /(^|\.)(Get|List|Describe|AssumeRole)/.test(operation);
}
