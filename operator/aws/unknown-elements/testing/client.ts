import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { keepUnknownElements } from "../middleware.ts";

export interface Sent {
  method: string;
  /** "lifecycle" or "inventory&id=a", of the bucket that is the path's first part. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface Answer {
  status: number;
  body: string;
}

/** An S3 client that keeps unknown elements, with `answer` in the place of S3. */
export function clientOf(answer: (request: Sent) => string | Answer): S3Client {
  const client = new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  client.middlewareStack.use(keepUnknownElements());
  client.config.requestHandler.handle = async (request) => {
    const given = answer(request as Sent);
    const { status, body } = typeof given === "string" ? { status: 200, body: given } : given;
    const response = { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) };
    return { response } as never;
  };
  return client;
}
