/**
 * PostObject: a browser sends a form. Apart from the form's policy and the answer it is a PutObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */

import { AwsError } from "../errors.ts";
import type { Form } from "../form.ts";
import type { AwsRequest, Reply } from "../http.ts";
import { encodeStrictly } from "../signature.ts";
import { child, element, parseXml, xmlDocument } from "../xml.ts";
import { invalidArgument, malformedXml } from "./route.ts";
import { tagsOf } from "./tags.ts";

/** Fields that are headers of PutObject, besides x-amz-*. */
const HEADERS = new Set(["cache-control", "content-type", "content-disposition", "content-encoding", "expires"]);
const OF_SIGNATURE = /^x-amz-(algorithm|credential|date|signature|security-token)$/;

/** True for a POST to the bucket itself. */
export function isPost({ method, query }: AwsRequest, key: string): boolean {
  return method === "POST" && key === "" && query.size === 0;
}

/** The key that the form gives. Throws for a POST that is no form with a key and a file. */
export function postedKey({ form }: AwsRequest): string {
  if (form === undefined) {
    const details = { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" };
    const message = "At least one of the pre-conditions you specified did not hold";
    throw new AwsError(412, "PreconditionFailed", message, { details });
  }
  const key = form.fields.get("key");
  if (key === undefined) throw missing("Bucket POST must contain a field named 'key'.", "key");
  if (form.file === undefined) throw missing("POST requires exactly one file upload per request.", "file");
  return form.file.name === "" ? key : key.replaceAll("${filename}", form.file.name);
}

/** The PutObject that the form stands for. Call `postedKey` first. */
export function asPut(request: AwsRequest, bucketName: string, key: string): AwsRequest {
  const { "content-type": _, ...headers } = request.headers;
  const body = request.form?.file?.body ?? Buffer.alloc(0);
  const path = `/${[bucketName, ...key.split("/")].map(encodeStrictly).join("/")}`;
  const fields = Object.fromEntries(request.form === undefined ? [] : headersOf(request.form));
  return { ...request, method: "PUT", host: "s3", path, body, headers: { ...headers, ...fields } };
}

function headersOf({ fields }: Form): [string, string][] {
  return [...fields].flatMap(([name, value]): [string, string][] => {
    if (name === "acl") return [["x-amz-acl", value]];
    if (name === "tagging") return [["x-amz-tagging", queryOf(value)]];
    return HEADERS.has(name) || (name.startsWith("x-amz-") && !OF_SIGNATURE.test(name)) ? [[name, value]] : [];
  });
}

/** Tags of a form are XML, and those of a PutObject a query. */
function queryOf(tagging: string): string {
  const document = parseXml(tagging);
  if (document?.name !== "Tagging") throw malformedXml();
  return new URLSearchParams([...tagsOf(child(document, "TagSet"))]).toString();
}

/** The answer that the form asks for. Default: 204. */
export function postReply({ fields }: Form, bucketName: string, key: string, { headers = {} }: Reply): Reply {
  const Location = `https://${bucketName}.s3.amazonaws.com/${key.split("/").map(encodeStrictly).join("/")}`;
  const etag = headers["etag"] ?? "";
  const all = { ...headers, location: Location };
  const redirect = fields.get("success_action_redirect");
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucketName, key, etag })) target.searchParams.set(name, value);
    return { status: 303, headers: { ...all, location: target.href } };
  }
  const status = fields.get("success_action_status");
  if (status === "200") return { status: 200, headers: all };
  if (status !== "201") return { status: 204, headers: all };
  const parts = Object.entries({ Location, Bucket: bucketName, Key: key, ETag: etag });
  const body = xmlDocument(
    element(
      "PostResponse",
      parts.map(([name, value]) => element(name, value)),
    ),
  );
  return { status: 201, headers: { ...all, "content-type": "application/xml" }, body };
}

function missing(message: string, name: string): AwsError {
  return invalidArgument(message, name, "");
}
