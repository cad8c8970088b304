import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import type { Service } from "../service.ts";
import { elementsOf, isElement, nameOf, parseXml, type XmlNode } from "../xml.ts";
import { childNamesOf, documentOf } from "./document.ts";

/** Describes a wrong body, such as "html in place of VersioningConfiguration"; undefined for the right one. */
export type Check = (body: string) => string | undefined;

/** https://smithy.io/2.0/aws/protocols/index.html */
const PROTOCOLS: Record<Service, (operation: StaticOperationSchema) => Check> = {
  s3: restXml,
  "s3-control": restXml,
  iam: query,
  sts: query,
  kms: json,
  eks: json,
};

export function checkOf(service: Service, operation: StaticOperationSchema): Check {
  return PROTOCOLS[service](operation);
}

/** Name of the root element; undefined if the body does not begin like XML or HTML. */
export function rootOf(body: string): string | undefined {
  return /^\uFEFF?\s*(?:<[?!][^>]*>\s*)*<([\w.:-]{1,128})[\s/>]/.exec(body)?.[1];
}

/** A root of another name is the answer of a store if it contains an element of the document. */
function restXml([, , , , , output]: StaticOperationSchema): Check {
  const document = documentOf(output);
  if (document === undefined) return emptyBody;
  const { root, schema } = document;
  // Only GetBucketPolicy, whose policy has statements.
  if (schema.isStringSchema()) return jsonWith("Statement");
  const children = childNamesOf(schema);
  return (body) => {
    if (rootOf(body) !== root)
      return hasElement(rootElement(body), children) ? undefined : `${found(body)} in place of ${root}`;
    const isWhole = body.trimEnd().endsWith(`</${root}>`) || rootElement(body) !== undefined;
    return isWhole ? undefined : `a part of ${root}`;
  };
}

/** Accepts the bodies of stores, but not the HTML page of a proxy, which has not forwarded the request. */
function emptyBody(body: string): string | undefined {
  return rootOf(body)?.toLowerCase() === "html" ? "html in place of an empty body" : undefined;
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#response-serialization */
function query([, , name, , , output]: StaticOperationSchema): Check {
  const [root, result] = [`${name}Response`, `${name}Result`];
  const children = childNamesOf(NormalizedSchema.of(output));
  return (body) => {
    if (rootOf(body) !== root) return `${found(body)} in place of ${root}`;
    if (children.size === 0) return undefined;
    const results = elementsIn(rootElement(body)).filter((element) => nameOf(element) === result);
    return results.some((element) => hasElement(element, children)) ? undefined : `${root} without its ${result}`;
  };
}

/** In the models of KMS and EKS the first member is the main part of the answer. */
function json([, , , , , output]: StaticOperationSchema): Check {
  const answer = NormalizedSchema.of(output);
  const [first] = answer.isStructSchema() ? [...answer.structIterator()] : [];
  const check = jsonWith(first?.[0]);
  return (body) => (first === undefined && body === "" ? undefined : check(body));
}

/** A JSON object, with the member if one is given. */
function jsonWith(member: string | undefined): Check {
  return (body) => {
    const object = objectIn(body);
    if (object === undefined) return `${found(body)} in place of a JSON object`;
    return member === undefined || Object.hasOwn(object, member) ? undefined : `a JSON object without ${member}`;
  };
}

function objectIn(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function rootElement(body: string): XmlNode | undefined {
  try {
    return parseXml(body).find(isElement);
  } catch {
    return undefined;
  }
}

function elementsIn(element: XmlNode | undefined): XmlNode[] {
  return element === undefined ? [] : elementsOf(element);
}

function hasElement(element: XmlNode | undefined, names: ReadonlySet<string>): boolean {
  return elementsIn(element).some((child) => names.has(nameOf(child)));
}

function found(body: string): string {
  if (body.trim() === "") return "nothing";
  return rootOf(body) ?? "another text";
}
