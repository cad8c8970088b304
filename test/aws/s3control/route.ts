/** Interface of the S3 Control routes. */

import type { AwsRequest, Reply } from "../http.ts";
import type { Normalisations } from "../normalise.ts";
import type { Account, World } from "../state.ts";
import { xmlDocument, type XmlElement } from "../xml.ts";

export interface ControlExchange {
  request: AwsRequest;
  world: World;
  account: Account;
  /** Decoded group of the path pattern; "" if it has none. */
  resource: string;
  /** Switches of the bucket that the resource names. */
  normalise: Normalisations;
}

export interface ControlMethod {
  operation: string;
  action: string;
  write: boolean;
  /** Known query parameters. */
  parameters?: string[];
  handle(exchange: ControlExchange): Reply;
}

export interface ControlRoute {
  /** Pattern of the encoded path after the API version. Its first group is the resource. */
  path: RegExp;
  methods: Partial<Record<"GET" | "PUT" | "POST" | "DELETE", ControlMethod>>;
}

export function controlReply(root: XmlElement): Reply {
  const namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/";
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root, namespace) };
}
