/**
 * Bodies with `Content-Encoding: aws-chunked`, which are sent in chunks, signed or not, with or without a trailer.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */

import { AwsError, notImplemented } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { sha256, streamSignature } from "../signature.ts";
import type { Identity } from "../state.ts";

const PAYLOADS = /^STREAMING-(UNSIGNED-PAYLOAD-TRAILER|AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?)$/;

interface Chunk {
  data: Buffer;
  /** Absent in unsigned payloads. */
  signature: string | undefined;
}

interface Stream {
  /** The last chunk is empty. */
  chunks: Chunk[];
  trailer: Record<string, string>;
}

/** The request as if it were sent in one piece, with the trailer as headers. Other requests are returned unchanged. */
export function unchunked(request: AwsRequest): AwsRequest {
  const payload = request.headers["x-amz-content-sha256"] ?? "";
  if (!payload.startsWith("STREAMING-")) return request;
  if (!PAYLOADS.test(payload)) throw notImplemented(`x-amz-content-sha256: ${payload}`);
  const { chunks, trailer } = parsed(request.body) ?? { chunks: [], trailer: {} };
  const { "content-encoding": encoding = "", ...headers } = request.headers;
  const kept = encoding.split(/, */).filter((each) => each !== "aws-chunked" && each !== "");
  return {
    ...request,
    body: Buffer.concat(chunks.map(({ data }) => data)),
    headers: { ...headers, ...trailer, ...(kept.length > 0 && { "content-encoding": kept.join(",") }) },
  };
}

/** Throws IncompleteBody unless all chunks have arrived: x-amz-decoded-content-length says how many bytes they have. */
export function checkComplete({ headers, body }: AwsRequest): void {
  const expected = headers["x-amz-decoded-content-length"];
  if (expected === undefined || Number(expected) === body.length) return;
  const message = "You did not provide the number of bytes specified by the Content-Length HTTP header.";
  throw new AwsError(400, "IncompleteBody", message);
}

/** Throws SignatureDoesNotMatch if a chunk or the trailer is not signed by the caller. `received` is still chunked. */
export function checkChunkSignatures({ headers, body, scope }: AwsRequest, { credentials }: Identity): void {
  if (headers["x-amz-content-sha256"]?.startsWith("STREAMING-AWS4-") !== true) return;
  const time = headers["x-amz-date"] ?? "";
  const { chunks, trailer } = parsed(body) ?? { chunks: [], trailer: {} };
  const sign = (kind: "PAYLOAD" | "TRAILER", previous: string, hashes: string[]) =>
    streamSignature({ kind, time, region: scope.region, previous, hashes }, credentials.secretAccessKey);
  let previous = /Signature=([0-9a-f]{64})/.exec(headers["authorization"] ?? "")?.[1] ?? "";
  for (const { data, signature } of chunks) {
    previous = sign("PAYLOAD", previous, [sha256(""), sha256(data)]);
    if (signature !== previous) throw wrongSignature();
  }
  const { "x-amz-trailer-signature": trailerSignature, ...fields } = trailer;
  if (trailerSignature === undefined) return;
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\n`);
  if (trailerSignature !== sign("TRAILER", previous, [sha256(lines.join(""))])) throw wrongSignature();
}

/** Undefined if the body is cut off or malformed. */
function parsed(body: Buffer): Stream | undefined {
  const chunks: Chunk[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\r\n", at);
    const head = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(body.toString("latin1", at, end));
    if (end < 0 || head === null) return undefined;
    const size = parseInt(head[1] ?? "", 16);
    const start = end + 2;
    if (start + size > body.length) return undefined;
    chunks.push({ data: body.subarray(start, start + size), signature: head[2] });
    if (size === 0) return { chunks, trailer: trailerOf(body.toString("latin1", start)) };
    at = start + size + 2;
  }
  return undefined;
}

function trailerOf(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":"));
  const fields = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return Object.fromEntries(fields.map(([name = "", value = ""]) => [name.trim().toLowerCase(), value]));
}

function wrongSignature(): AwsError {
  const message = "The chunk signature we calculated does not match the signature you provided.";
  return new AwsError(403, "SignatureDoesNotMatch", message);
}
