/** The shape of S3 Control's route files. */

import type { AwsRequest, Reply } from "../http.ts";
import type { Normalisations } from "../normalise.ts";
import type { Account, World } from "../state.ts";
import { xmlDocument, type XmlElement } from "../xml.ts";

export interface ControlExchange {
  request: AwsRequest;
  world: World;
  account: Account;
  /** What the path's group captured, decoded; "" for none. */
  resource: string;
  /** For the bucket that the resource names. */
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
  /** Of the path after the API version, still encoded; its first group is the resource. */
  path: RegExp;
  methods: Partial<Record<"GET" | "PUT" | "POST" | "DELETE", ControlMethod>>;
}

export function controlReply(root: XmlElement): Reply {
  const namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/";
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root, namespace) };
}
