/**
 * The website endpoints of S3, found by the Host header. They speak HTTP only and know no credentials.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Operation, Service } from "../service.ts";
import type { Bucket, World } from "../state.ts";
import { findBucket } from "../world.ts";
import { textAt } from "../xml.ts";
import { decode } from "./address.ts";
import { checkReadConditions } from "./conditions.ts";
import { denied, failure, rejection } from "./errors.ts";
import { findVersion } from "./object-versions.ts";
import { noSuchBucket } from "./reachable-bucket.ts";
import { requireRestored } from "./restore.ts";
import { accessDenied } from "./route.ts";
import { requireAnonymousRead } from "./website-access.ts";
import { errorPage } from "./website-page.ts";
import { folderRedirect, redirectAll, redirectTo, ruleFor } from "./website-routing.ts";

/** With a dash or a dot before the region, which depends on the region; the simulator takes both in all regions. */
const HOST = /^(?:(?<bucket>[^:]+)\.)?s3-website[-.](?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/;

export function isWebsite({ host }: Pick<AwsRequest, "host">): boolean {
  return HOST.test(host);
}

export function website(world: World): Service {
  return {
    name: "s3-website",
    route: (request) => route(world, request),
    renderError: (error, _request, requestId) => errorPage(error, requestId),
    failure,
    rejection,
    denied,
  };
}

function route(world: World, request: AwsRequest): Operation {
  const { bucket: bucketName = "", region = "" } = HOST.exec(request.host)?.groups ?? {};
  const key = decode(request.path.slice(1));
  return {
    name: "GetWebsite",
    actions: [],
    write: false,
    ...(bucketName !== "" && { bucket: bucketName }),
    ...(key !== "" && { key }),
    resourceOf: () => `arn:aws:s3:::${bucketName}/${key}`,
    partial: false,
    unsigned: true,
    accesses: () => [],
    perform: () => serve(world, request, { bucketName, region, key }),
  };
}

interface Address {
  bucketName: string;
  region: string;
  /** As in the path: "" for the root, and with a slash at the end for a folder. */
  key: string;
}

async function serve(world: World, request: AwsRequest, { bucketName, region, key }: Address): Promise<Reply> {
  if (bucketName === "") return { status: 301, headers: { location: "https://aws.amazon.com/s3/" } };
  if (request.method !== "GET" && request.method !== "HEAD") throw methodNotAllowed();
  const bucket = findBucket(world, bucketName);
  if (bucket === undefined) throw noSuchBucket(bucketName);
  if (bucket.region !== region) throw incorrectEndpoint();
  const { website: document } = bucket;
  if (document === undefined) throw notAWebsite(bucketName);
  // "Requester Pays buckets do not allow access through a website endpoint."
  if (bucket.requestPayer === "Requester") throw accessDenied();
  const redirect = redirectAll(document, request, key) ?? redirectTo(ruleFor(document, key), request, key);
  if (redirect !== undefined) return redirect;
  try {
    return await objectReply(world, bucket, request, key);
  } catch (error) {
    if (!(error instanceof AwsError) || error.status < 400) throw error;
    const onError = redirectTo(ruleFor(document, key, error.status), request, key);
    return onError ?? (await customError(world, bucket, request, error));
  }
}

/** The object of the key, or the index document of the folder. */
async function objectReply(world: World, bucket: Bucket, request: AwsRequest, key: string): Promise<Reply> {
  const suffix = textAt(bucket.website, "IndexDocument", "Suffix") ?? "";
  const isFolder = key === "" || key.endsWith("/");
  const redirect = isFolder ? undefined : folderRedirect(bucket, key, suffix);
  if (redirect !== undefined) return redirect;
  return readObject(world, bucket, request, isFolder ? `${key}${suffix}` : key);
}

async function readObject(world: World, bucket: Bucket, request: AwsRequest, key: string): Promise<Reply> {
  const version = findVersion(bucket, { key, versionId: undefined });
  await requireAnonymousRead(world, bucket, request, key, version);
  requireRestored(version, world.now());
  const { "x-amz-website-redirect-location": location, ...metadata } = version.metadata;
  if (location !== undefined) return { status: 301, headers: { location } };
  checkReadConditions(request.headers, version);
  const headers = {
    ...metadata,
    etag: version.etag,
    "last-modified": new Date(version.lastModified).toUTCString(),
    "content-type": version.contentType,
    "content-length": String(version.body.length),
  };
  return { status: 200, headers, body: version.body };
}

/**
 * The error document with the status of the error, for errors of the class 4XX.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/CustomErrorDocSupport.html
 */
async function customError(world: World, bucket: Bucket, request: AwsRequest, error: AwsError): Promise<Reply> {
  const key = textAt(bucket.website, "ErrorDocument", "Key");
  if (key === undefined || error.status >= 500) throw error;
  try {
    const { headers, body } = await readObject(world, bucket, { ...request, headers: {} }, key);
    return { status: error.status, ...(headers && { headers }), ...(body !== undefined && { body }) };
  } catch (second) {
    if (!(second instanceof AwsError)) throw second;
    return errorPage(error, "", second);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function methodNotAllowed(): AwsError {
  return new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}

/** 400 for the endpoint of another region: FACTS.md#s3-website-endpoints. */
function incorrectEndpoint(): AwsError {
  const message = "The specified bucket exists in another region. Please direct requests to the specified endpoint.";
  return new AwsError(400, "IncorrectEndpoint", message);
}

function notAWebsite(bucketName: string): AwsError {
  const message = "The specified bucket does not have a website configuration";
  return new AwsError(404, "NoSuchWebsiteConfiguration", message, { details: { BucketName: bucketName } });
}
