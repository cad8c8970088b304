/** Interface of the S3 routes: a subresource and its methods. */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import { withUnknownFields, type Normalisations } from "../normalise.ts";
import type { Denial } from "../policy/access.ts";
import type { Account, Bucket, Identity, World } from "../state.ts";
import { parseXml, xmlDocument, type XmlElement } from "../xml.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** An S3 request and its context. */
export interface Exchange {
  request: AwsRequest;
  world: World;
  caller: Identity;
  /** Account of the caller. */
  account: Account;
  /** "" if the request names none. */
  bucketName: string;
  /** Decoded; "" if the request names none. */
  key: string;
  normalise: Normalisations;
  /** Denials of single parts of the request; empty unless the method is partial. */
  denials: readonly Denial[];
}

/** An object that the request reads besides its own, such as the source of a copy. */
export interface Source {
  /** IAM action. */
  action: string;
  bucketName: string;
  key: string;
  versionId: string | undefined;
}

interface MethodBase {
  /** API name; a function if it depends on the request. */
  operation: string | ((request: AwsRequest) => string);
  /** Main IAM action; a function if it depends on the request. */
  action: string | ((request: AwsRequest) => string);
  /** Further IAM actions that the request needs. */
  furtherActions?: (request: AwsRequest) => string[];
  /** Objects that the request reads besides its own. */
  sources?: (request: AwsRequest) => Source[];
  write: boolean;
  /** Answers in parts: see Operation. */
  partial?: true;
  /** IAM action and key of each part. */
  parts?: (request: AwsRequest) => { action: string; key: string }[];
  /** The body needs no checksum in S3's API model. */
  checksumOptional?: true;
  /** Query parameters besides the subresource's own. Others are refused with 501. */
  parameters?: string[];
  /** x-amz-* headers besides the common ones; a `*` at the end stands for any. Others are refused with 501. */
  headers?: string[];
}

/** `handle` gets an existing bucket that the caller has access to; `handleName` gets only the name, if any. */
export type Method = MethodBase &
  ({ handle(bucket: Bucket, exchange: Exchange): Reply } | { handleName(exchange: Exchange): Reply });

export interface Subresource {
  name: string;
  level: "service" | "bucket" | "object";
  /** Query parameter of the subresource; undefined for the service, bucket or object itself. */
  query: string | undefined;
  methods: Partial<Record<"GET" | "HEAD" | "PUT" | "POST" | "DELETE", Method>>;
}

/** Answers with an XML document. */
export function xmlReply(root: XmlElement, headers: Record<string, string> = {}): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: xmlDocument(root, NAMESPACE),
  };
}

/** Answers with a configuration document, after the normalisation switches. */
export function configurationReply({ normalise }: Exchange, root: XmlElement, headers?: Record<string, string>): Reply {
  return xmlReply(normalise.unknownExtraFields === true ? withUnknownFields(root) : root, headers);
}

/** Caches parsed bodies, because some are used twice and DeleteObjects has up to 1,000 keys. */
const parsedBodies = new WeakMap<AwsRequest, { document: XmlElement | undefined }>();

/** The request's document with any root; undefined if it is not XML. */
export function bodyDocument(request: AwsRequest): XmlElement | undefined {
  const parsed = parsedBodies.get(request) ?? { document: parseXml(request.body.toString("utf8")) };
  parsedBodies.set(request, parsed);
  return parsed.document;
}

/** The request's document with this root. Keeps unknown elements. */
export function requestDocument(request: AwsRequest, root: string): XmlElement {
  const document = bodyDocument(request);
  if (document?.name !== root) throw malformedXml();
  return document;
}

/** This and the errors below: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
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

export function malformedPolicy(message: string, details: Record<string, string> = {}): AwsError {
  return new AwsError(400, "MalformedPolicy", message, { details });
}

export function accessDenied(message = "Access Denied"): AwsError {
  return new AwsError(403, "AccessDenied", message);
}

/** The error for a configuration that is not set: FACTS.md#s3-missing-configurations. */
export function absent(code: string, message: string, bucket: Bucket): AwsError {
  return new AwsError(404, code, message, { details: { BucketName: bucket.name } });
}

/** Throws in regions that do not have the call. */
export function requireRegion(regionsWithout: ReadonlySet<string>, region: string): void {
  if (!regionsWithout.has(region)) return;
  throw new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}
