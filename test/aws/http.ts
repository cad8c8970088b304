/** HTTP requests and replies. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { readForm, type Form } from "./form.ts";

/** The SigV4 credential scope without its date: access key, region and service. */
export interface Scope {
  accessKeyId: string;
  region: string;
  service: string;
}

export interface AwsRequest {
  method: string;
  host: string;
  /** Percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  /** Absent unless the body is one. */
  form?: Form;
  scope: Scope;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Large enough for every configuration document and for small objects. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Reads the whole request. Throws if the client disconnects or the body is too long. */
export async function readRequest(incoming: IncomingMessage): Promise<Omit<AwsRequest, "scope">> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error(`a request body of more than ${MAX_BODY_BYTES} bytes`);
  }
  const [path = "/", search = ""] = splitOnce(incoming.url ?? "/", "?");
  const body = Buffer.concat(chunks);
  const form = incoming.method === "POST" ? await readForm(incoming.headers["content-type"], body) : undefined;
  return {
    method: incoming.method ?? "GET",
    host: incoming.headers.host ?? "",
    path,
    query: new URLSearchParams(search),
    headers: flat(incoming.headers),
    body,
    ...(form && { form }),
  };
}

/** Writes the reply, without a body for HEAD. */
export function writeReply(outgoing: ServerResponse, reply: Reply, method: string): void {
  const body = reply.body ?? "";
  const length = { "content-length": String(Buffer.byteLength(body)) };
  outgoing.writeHead(reply.status, method === "HEAD" ? (reply.headers ?? {}) : { ...length, ...reply.headers });
  outgoing.end(method === "HEAD" ? undefined : body);
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : (value ?? "")]),
  );
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
