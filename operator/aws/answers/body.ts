import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** An HTTP answer in the middleware of the SDK. */
export interface Response {
  statusCode: number;
  headers: Record<string, string>;
  /** A stream, or bytes after it was read. */
  body?: unknown;
}

/** Reads the body as text and keeps its bytes for the next middleware. */
export async function bodyText(response: Response): Promise<string> {
  const { body = new Uint8Array() } = response;
  const bytes = body instanceof Uint8Array ? body : await buffer(body as Readable);
  response.body = bytes;
  return new TextDecoder().decode(bytes);
}
