/** The shape that every S3 route file has: one subresource, its methods, what each takes and does. */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import { withUnknownFields, type Normalisations } from "../normalise.ts";
import type { Denial } from "../policy/access.ts";
import type { Account, Bucket, Identity, World } from "../state.ts";
import { parseXml, xmlDocument, type XmlElement } from "../xml.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** One request to S3 with all that a handler may want to know. */
export interface Exchange {
  request: AwsRequest;
  world: World;
  caller: Identity;
  /** The caller's. */
  account: Account;
  /** "" when the request names none. */
  bucketName: string;
  /** Decoded; "" when the request names none. */
  key: string;
  normalise: Normalisations;
  /** What is denied to parts of the request; empty unless the method is partial. */
  denials: readonly Denial[];
}

interface MethodBase {
  /** API name; a function where the request decides. */
  operation: string | ((request: AwsRequest) => string);
  /** Main IAM action; a function where the request decides. */
  action: string | ((request: AwsRequest) => string);
  /** Further IAM actions that this request takes. */
  furtherActions?: (request: AwsRequest) => string[];
  write: boolean;
  /** Answers in parts: see Operation. */
  partial?: true;
  /** The actions on each of its parts. */
  parts?: (request: AwsRequest) => { action: string; key: string }[];
  /** A body needs no checksum: S3's API model does not ask for one. */
  checksumOptional?: true;
  /** Query parameters besides the subresource's own. Any other one is refused with 501. */
  parameters?: string[];
  /** x-amz-* headers besides those of every request. Any other one is refused with 501. */
  headers?: string[];
}

/** `handle` gets a bucket that exists and that the caller may reach; `handleName` only its name, or none. */
export type Method = MethodBase &
  ({ handle(bucket: Bucket, exchange: Exchange): Reply } | { handleName(exchange: Exchange): Reply });

export interface Subresource {
  name: string;
  level: "service" | "bucket" | "object";
  /** Query parameter that selects it; undefined for the bare service, bucket or object. */
  query: string | undefined;
  methods: Partial<Record<"GET" | "HEAD" | "PUT" | "POST" | "DELETE", Method>>;
}

/** An XML document as the answer. */
export function xmlReply(root: XmlElement, headers: Record<string, string> = {}): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: xmlDocument(root, NAMESPACE),
  };
}

/** A configuration document as the answer, with what the switches add to it. */
export function configurationReply({ normalise }: Exchange, root: XmlElement, headers?: Record<string, string>): Reply {
  return xmlReply(normalise.unknownExtraFields === true ? withUnknownFields(root) : root, headers);
}

/** A body is read once, though some are looked at twice: a DeleteObjects of 1,000 keys is long. */
const parsedBodies = new WeakMap<AwsRequest, { document: XmlElement | undefined }>();

/** The request's document, whatever its root; undefined when it is not XML. */
export function bodyDocument(request: AwsRequest): XmlElement | undefined {
  const parsed = parsedBodies.get(request) ?? { document: parseXml(request.body.toString("utf8")) };
  parsedBodies.set(request, parsed);
  return parsed.document;
}

/** The request's document, which must have this root. Elements that the simulator does not know are kept. */
export function requestDocument(request: AwsRequest, root: string): XmlElement {
  const document = bodyDocument(request);
  if (document?.name !== root) throw malformedXml();
  return document;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList, as are those below. */
export function malformedXml(): AwsError {
  return new AwsError(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

export function invalidArgument(message: string, name: string, value: string): AwsError {
  return new AwsError(400, "InvalidArgument", message, { details: { ArgumentName: name, ArgumentValue: value } });
}

export function invalidRequest(message: string): AwsError {
  return new AwsError(400, "InvalidRequest", message);
}

export function invalidBucketState(message: string): AwsError {
  return new AwsError(409, "InvalidBucketState", message);
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError(400, "MalformedPolicy", message);
}

export function accessDenied(message = "Access Denied"): AwsError {
  return new AwsError(403, "AccessDenied", message);
}

/** The answer when a configuration was never set or was deleted: aws.md 2.1, last column. */
export function absent(code: string, message: string, bucket: Bucket): AwsError {
  return new AwsError(404, code, message, { details: { BucketName: bucket.name } });
}

/** For a call that does not exist in these regions. */
export function requireRegion(regionsWithout: ReadonlySet<string>, region: string): void {
  if (!regionsWithout.has(region)) return;
  throw new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}
