/** Plain HTTP requests to the simulator, for requests that no SDK sends. */

import { request } from "node:http";
import type { Credentials } from "./state.ts";

export interface RawAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

export interface RawRequest {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  region?: string;
  service?: string;
}

/** Sends a request with a well-formed Authorization header. The signature itself is not valid. */
export function sendSigned(url: string, { accessKeyId }: Credentials, raw: RawRequest): Promise<RawAnswer> {
  const { region = "us-east-1", service = "s3" } = raw;
  const scope = `${accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  return send(url, { ...raw, headers: { authorization, ...raw.headers } });
}

export function send(url: string, { method = "GET", path, headers = {}, body = "" }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => (text += chunk));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
