import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Response } from "../origin.ts";

/** Reads the body as text and keeps its bytes for the next middleware. */
export async function bodyText(response: Response): Promise<string> {
  const { body = new Uint8Array() } = response;
  const bytes = body instanceof Uint8Array ? body : await buffer(body as Readable);
  response.body = bytes;
  return new TextDecoder().decode(bytes);
}
