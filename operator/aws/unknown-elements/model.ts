import type { NormalizedSchema } from "@smithy/core/schema";
import { SMITHY_CONTEXT_KEY, type HandlerExecutionContext, type StaticOperationSchema } from "@smithy/types";
import { documentOf, elementName, isOutsideBody } from "../answers/document.ts";

/** An operation on a bucket's configuration documents, according to the SDK's model. */
export interface Operation {
  method: string;
  /** Subresource of the GET, PUT and DELETE, such as "lifecycle"; "" is the bucket itself. */
  document: string;
  /** The answer is a list of documents with ids. */
  isList: boolean;
  /** Paths below the root that the SDK reads, such as "/Rule/ID"; undefined if it reads no such document. */
  known: ReadonlySet<string> | undefined;
}

const operations = new WeakMap<StaticOperationSchema, Operation | undefined>();

/** Undefined for operations on objects and outside of buckets. */
export function documentOperation(context: HandlerExecutionContext): Operation | undefined {
  const schema = context[SMITHY_CONTEXT_KEY]?.["operationSchema"] as StaticOperationSchema | undefined;
  if (schema === undefined) return undefined;
  if (!operations.has(schema)) operations.set(schema, describe(schema));
  return operations.get(schema);
}

function describe([, , name, traits, , output]: StaticOperationSchema): Operation | undefined {
  const [method, uri] = (traits as { http: [method: string, uri: string, code: number] }).http;
  const address = /^\/(?:\?([^&=]+)(?:&|$)|$)/.exec(uri);
  if (address === null) return undefined;
  // By name, since the model marks them in no other way; round-trip.test.ts covers every operation.
  const isList = name.endsWith("Configurations");
  const isRead = method === "GET" && (isList || name.startsWith("Get"));
  return { method, document: address[1] ?? "", isList, known: isRead ? knownPaths(output) : undefined };
}

function knownPaths(output: StaticOperationSchema[5]): ReadonlySet<string> | undefined {
  const schema = documentOf(output)?.schema;
  return schema?.isStructSchema() ? new Set(pathsBelow(schema, "")) : undefined;
}

/** As the SDK's XmlShapeDeserializer names elements. */
function pathsBelow(schema: NormalizedSchema, path: string): string[] {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    if (schema.getMergedTraits().xmlFlattened === 1) return pathsBelow(item, path);
    const itemPath = `${path}/${item.getMergedTraits().xmlName ?? "member"}`;
    return [itemPath, ...pathsBelow(item, itemPath)];
  }
  if (!schema.isStructSchema()) return [];
  return [...schema.structIterator()].flatMap(([name, member]) => {
    if (isOutsideBody(member)) return [];
    const memberPath = `${path}/${elementName(name, member)}`;
    return [memberPath, ...pathsBelow(member, memberPath)];
  });
}

/** Scans tags, much faster than parsing. False if an element is unknown, or where a scan is not reliable. */
export function hasOnlyKnown(xml: string, known: ReadonlySet<string>): boolean {
  if (xml.includes("<!")) return false;
  /** Paths of the open elements; that of the root is "". */
  const open: string[] = [];
  for (const [, tag = ""] of xml.matchAll(/<([^<>]*)>/g)) {
    if (tag.startsWith("?")) continue;
    if (tag.startsWith("/")) {
      open.pop();
      continue;
    }
    const parent = open.at(-1);
    const path = parent === undefined ? "" : `${parent}/${nameIn(tag)}`;
    if (parent !== undefined && !known.has(path)) return false;
    if (!tag.endsWith("/")) open.push(path);
  }
  return true;
}

function nameIn(tag: string): string {
  return tag.split(/[\s/]/, 1).join("");
}
