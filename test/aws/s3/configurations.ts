/**
 * Configurations of a bucket that are written, read and deleted by ID, and listed in pages of 100.
 * FACTS.md#s3-configurations-by-id
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { element, textAt, type XmlElement } from "../xml.ts";
import { pageOf } from "./page.ts";
import { configurationReply, invalidArgument, requestDocument, type Exchange, type Subresource } from "./route.ts";

const MAX_CONFIGURATIONS = 1000;
const PAGE_SIZE = 100;
const ID = /^[\w.-]{1,64}$/;

export interface ConfigurationKind {
  /** Query parameter. */
  query: string;
  /** Part of the API names, such as `GetBucket<noun>Configuration`. */
  noun: string;
  /** Root element of the list answer, which differs between kinds. */
  listRoot: string;
  configurations: (bucket: Bucket) => Map<string, XmlElement>;
  /** Throws for invalid configurations. The ID is checked before. */
  check: (configuration: XmlElement) => void;
  /** Error if the IDs of document and request differ. */
  idMismatch: () => AwsError;
}

/** The subresource of one kind. It has two IAM actions, for reading and for writing. */
export function configurationsSubresource(kind: ConfigurationKind): Subresource {
  const { query, noun } = kind;
  const write = { action: `s3:Put${noun}Configuration`, write: true, parameters: ["id"] };
  return {
    name: query,
    level: "bucket",
    query,
    methods: {
      GET: {
        operation: (request) =>
          namesId(request) ? `GetBucket${noun}Configuration` : `ListBucket${noun}Configurations`,
        action: `s3:Get${noun}Configuration`,
        write: false,
        parameters: ["id", "continuation-token"],
        handle: (bucket, exchange) => (namesId(exchange.request) ? get : list)(kind, bucket, exchange),
      },
      PUT: {
        operation: `PutBucket${noun}Configuration`,
        ...write,
        checksumOptional: true,
        handle: (bucket, exchange) => put(kind, bucket, exchange),
      },
      DELETE: {
        operation: `DeleteBucket${noun}Configuration`,
        ...write,
        handle: (bucket, { request }) => {
          if (!kind.configurations(bucket).delete(idOf(request))) throw noSuchConfiguration();
          return { status: 204 };
        },
      },
    },
  };
}

function get({ configurations }: ConfigurationKind, bucket: Bucket, exchange: Exchange): Reply {
  const found = configurations(bucket).get(idOf(exchange.request));
  if (found === undefined) throw noSuchConfiguration();
  return configurationReply(exchange, found);
}

/** Lists by ID. The token is the last ID of the previous page. */
function list({ configurations, listRoot }: ConfigurationKind, bucket: Bucket, exchange: Exchange): Reply {
  const token = exchange.request.query.get("continuation-token");
  const after = Buffer.from(token ?? "", "base64url").toString("utf8");
  const rest = [...configurations(bucket)].filter(([id]) => id > after).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { items, last } = pageOf(rest, PAGE_SIZE);
  return configurationReply(
    exchange,
    element(listRoot, [
      ...items.map(([, configuration]) => configuration),
      element("IsTruncated", String(last !== undefined)),
      token === null ? undefined : element("ContinuationToken", token),
      last && element("NextContinuationToken", Buffer.from(last[0]).toString("base64url")),
    ]),
  );
}

function put(kind: ConfigurationKind, bucket: Bucket, { request }: Exchange): Reply {
  const id = idOf(request);
  const document = requestDocument(request, `${kind.noun}Configuration`);
  if (!ID.test(id)) throw invalidArgument("The configuration id is not valid.", "id", id);
  if (textAt(document, "Id") !== id) throw kind.idMismatch();
  kind.check(document);
  const existing = kind.configurations(bucket);
  if (!existing.has(id) && existing.size >= MAX_CONFIGURATIONS) {
    const message =
      "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.";
    throw new AwsError(400, "TooManyConfigurations", message);
  }
  existing.set(id, document);
  return { status: 204 };
}

function namesId({ query }: AwsRequest): boolean {
  return query.has("id");
}

function idOf({ query }: AwsRequest): string {
  return query.get("id") ?? "";
}

function noSuchConfiguration(): AwsError {
  return new AwsError(404, "NoSuchConfiguration", "The specified configuration does not exist.");
}
