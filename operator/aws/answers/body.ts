import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** An HTTP answer as the SDK hands it from middleware to middleware. */
export interface Response {
  statusCode: number;
  headers: Record<string, string>;
  /** A stream, or bytes once they were read. */
  body?: unknown;
}

/** The body as text; what comes after finds the same bytes. */
export async function bodyText(response: Response): Promise<string> {
  const { body = new Uint8Array() } = response;
  const bytes = body instanceof Uint8Array ? body : await buffer(body as Readable);
  response.body = bytes;
  return new TextDecoder().decode(bytes);
}
