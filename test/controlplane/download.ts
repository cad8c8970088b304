/** Downloads that either arrive at a useful speed and with the right checksum, or fail within seconds. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

export type Fetch = (url: string, init: { signal: AbortSignal }) => Promise<Response>;

export interface DownloadOptions {
  fetch: Fetch;
  /** A download of less than `minimumBytes` in a window of `windowMs` is aborted. */
  windowMs: number;
  minimumBytes: number;
}

/** 128 KiB a second: below that, a build takes less time than the download. */
export const defaultDownload: DownloadOptions = { fetch, windowMs: 5000, minimumBytes: 640 * 1024 };

/** Throws an error that names the URL when it is blocked, slow, or answers with anything but success. */
export async function downloadText(url: string, options: DownloadOptions): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of receive(url, options)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Like {@link downloadText}, into a file. Also throws when the content does not have this SHA-512 (hex). */
export async function downloadFile(url: string, file: string, sha512: string, options: DownloadOptions): Promise<void> {
  const hash = createHash("sha512");
  await pipeline(
    receive(url, options),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file),
  );
  const actual = hash.digest("hex");
  if (actual !== sha512) throw new Error(`${url}: SHA-512 is ${actual}, expected ${sha512}`);
}

async function* receive(url: string, { fetch, windowMs, minimumBytes }: DownloadOptions): AsyncGenerator<Uint8Array> {
  const abort = new AbortController();
  let inWindow = 0;
  const window = setInterval(() => {
    if (inWindow < minimumBytes) abort.abort(new Error(`only ${inWindow} bytes in ${windowMs / 1000} s`));
    inWindow = 0;
  }, windowMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    for await (const chunk of response.body) {
      inWindow += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw new Error(url, { cause: error });
  } finally {
    clearInterval(window);
    abort.abort();
  }
}
