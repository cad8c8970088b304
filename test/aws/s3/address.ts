/** Reads bucket and key from path-style and virtual-hosted-style requests. */

import { isIPv4 } from "node:net";
import type { AwsRequest } from "../http.ts";

/** Bucket and key, "" for none: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html */
export function addressOf(request: Pick<AwsRequest, "host" | "path">): { bucketName: string; key: string } {
  const hostBucket = bucketOfHost(request.host);
  const path = request.path.slice(1);
  if (hostBucket !== "") return { bucketName: hostBucket, key: decode(path) };
  const slash = path.indexOf("/");
  if (slash < 0) return { bucketName: decode(path), key: "" };
  return { bucketName: decode(path.slice(0, slash)), key: decode(path.slice(slash + 1)) };
}

/** The name of AWS, with the bucket before it: https://docs.aws.amazon.com/general/latest/gr/s3.html */
const AWS_HOST = /^(?<bucket>.+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

/** The bucket in `bucket.localhost:port` and at AWS. IP addresses and `localhost` itself have none. */
function bucketOfHost(host: string): string {
  const name = host.replace(/:\d+$/, "");
  const atAws = AWS_HOST.exec(name)?.groups?.["bucket"];
  if (atAws !== undefined) return atAws;
  return !isIPv4(name) && name.endsWith(".localhost") ? name.slice(0, -".localhost".length) : "";
}

export function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
