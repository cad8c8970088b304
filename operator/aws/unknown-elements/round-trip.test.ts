import * as sdk from "@aws-sdk/client-s3";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { expect, test } from "vitest";
import { attributesOf, elementsOf, isElement, nameOf, parseXml, textOf, type XmlNode } from "../xml.ts";
import { clientOf, type Sent } from "./testing/client.ts";

/*
 * For each configuration document that the SDK can read and write: an answer with every element of the model and an
 * unknown element in every place is read and written again, and must have the same content.
 */

const OPERATIONS = Object.entries(sdk).flatMap(([name, schema]: [string, unknown]) =>
  name.endsWith("$") && Array.isArray(schema) && schema[0] === 9 ? [schema as unknown as StaticOperationSchema] : [],
);

const nameOfOperation = ([, , name]: StaticOperationSchema) => name;
const isList = (operation: StaticOperationSchema) => nameOfOperation(operation).startsWith("List");
const httpOf = ([, , , traits]: StaticOperationSchema) =>
  (traits as { http: [method: string, uri: string, code: number] }).http;

function payloadOf(schema: StaticOperationSchema[5]): NormalizedSchema | undefined {
  const members = [...NormalizedSchema.of(schema).structIterator()].map(([, member]) => member);
  return members.find((member) => member.getMergedTraits().httpPayload);
}

/** Pairs of GET or List, and PUT, that share a subresource and are XML. */
const PAIRS = OPERATIONS.flatMap((put) => {
  const [method, uri] = httpOf(put);
  if (method !== "PUT" || !uri.startsWith("/?") || !payloadOf(put[4])?.isStructSchema()) return [];
  return OPERATIONS.filter((get) => {
    const [method, other] = httpOf(get);
    return method === "GET" && (other === uri || other.startsWith(`${uri}&`));
  }).map((get) => ({ name: nameOfOperation(get), get, put }));
});

/** Elements of every member, each with another text. */
function sample(next: () => number) {
  const unknown = () =>
    `<New><Deep a='1 "${next()}"'>a &amp; &lt;b&gt; &#13;<![CDATA[<c>&]]></Deep><Deep/></New><New>${next()}</New>`;
  const textFor = (schema: NormalizedSchema) => {
    const n = next();
    if (schema.isBooleanSchema()) return "true";
    if (schema.isTimestampSchema()) return new Date(Date.UTC(2030, 0, n)).toISOString();
    return schema.isNumericSchema() ? `${n}` : `${n} "&amp;"`;
  };
  const content = (schema: NormalizedSchema): string => {
    if (!schema.isStructSchema()) return textFor(schema);
    const members = [...schema.structIterator()].filter(([, m]) => !m.getMergedTraits().httpHeader);
    const chosen = schema.isUnionSchema() ? members.slice(-1) : members;
    return (
      chosen.map(([name, member]) => elements(member.getMemberTraits().xmlName ?? name, member)).join("") + unknown()
    );
  };
  const elements = (name: string, schema: NormalizedSchema): string => {
    if (schema.getMergedTraits().xmlAttribute) return "";
    if (!schema.isListSchema()) return `<${name}>${content(schema)}</${name}>`;
    const item = schema.getValueSchema();
    if (schema.getMergedTraits().xmlFlattened)
      return `<${name}>${content(item)}</${name}>`.concat(`<${name}>${content(item)}</${name}>`);
    const itemName = item.getMergedTraits().xmlName ?? "member";
    return `<${name}><${itemName}>${content(item)}</${itemName}><${itemName}>${content(item)}</${itemName}></${name}>`;
  };
  return content;
}

const answerTo = (get: StaticOperationSchema): string => {
  let last = 0;
  const content = sample(() => ++last)(payloadOf(get[5]) ?? NormalizedSchema.of(get[5]));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Answer xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</Answer>`;
};

type Fields = Record<string, unknown>;

async function send(s3: sdk.S3Client, operation: StaticOperationSchema, input: Fields): Promise<Fields> {
  const commands = sdk as unknown as Record<string, new (input: Fields) => sdk.GetBucketCorsCommand>;
  const Command = commands[`${nameOfOperation(operation)}Command`];
  if (Command === undefined) throw new Error(`no command for ${nameOfOperation(operation)}`);
  return { ...(await s3.send(new Command({ Bucket: "documents", ...input }))) };
}

/** The PUT for each document that was read. */
function inputs({ get, put }: (typeof PAIRS)[number], output: Fields): Fields[] {
  const { $metadata: _, ...answer } = output;
  const payload = payloadOf(put[4])?.getMemberName() ?? "";
  const read = payloadOf(get[5])?.getMemberName();
  const list: unknown = isList(get) && Object.values(answer).find(Array.isArray);
  if (Array.isArray(list))
    return (list as { Id: string }[]).map((document) => ({ [payload]: document, Id: document.Id }));
  return [{ [payload]: read === undefined ? answer : answer[read], Id: "a" }];
}

/** Independent of the order of elements, the quotes of attributes and the form of dates. */
function canonical(element: XmlNode): unknown[] {
  const attributes = Object.entries(attributesOf(element))
    .filter(([name]) => !name.startsWith("xmlns"))
    .map(([name, value]) => [name, value.replaceAll("&quot;", '"')]);
  const children = elementsOf(element);
  const content = children.length === 0 ? textOf(element).replace(".000Z", "Z") : contents(children);
  return [nameOf(element), ...attributes, content];
}

function contents(elements: XmlNode[]): unknown[] {
  return elements.map(canonical).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** The content of documents without the name of the root. */
function documents(roots: XmlNode[]): unknown[] {
  return roots.map((root) => contents(elementsOf(root)));
}

const rootOf = (xml: string) => parseXml(xml).find(isElement) ?? {};

test.each(PAIRS)("$name", async (pair) => {
  const puts: Sent[] = [];
  const s3 = clientOf((request) => {
    if (request.method === "GET") return answerTo(pair.get);
    puts.push(request);
    return "";
  });
  for (const input of inputs(pair, await send(s3, pair.get, { Id: "a" }))) await send(s3, pair.put, input);

  const root = rootOf(answerTo(pair.get));
  const answered = isList(pair.get)
    ? elementsOf(root).filter((child) => nameOf(child).endsWith("Configuration"))
    : [root];
  expect(documents(puts.map(({ body = "" }) => rootOf(body)))).toEqual(documents(answered));
});

test("covers every document of a setting", () => {
  const settings = [
    "GetBucketTagging",
    "GetPublicAccessBlock",
    "GetBucketOwnershipControls",
    "GetBucketEncryption",
    "GetBucketVersioning",
    "GetObjectLockConfiguration",
    "GetBucketReplication",
    "GetBucketLogging",
    "GetBucketNotificationConfiguration",
    "GetBucketLifecycleConfiguration",
    "ListBucketIntelligentTieringConfigurations",
    "GetBucketCors",
    "ListBucketInventoryConfigurations",
    "ListBucketMetricsConfigurations",
    "ListBucketAnalyticsConfigurations",
    "GetBucketAccelerateConfiguration",
    "GetBucketRequestPayment",
    "GetBucketWebsite",
    "GetBucketAbac",
  ];
  expect(PAIRS.map(({ name }) => name)).toEqual(expect.arrayContaining(settings));
});
