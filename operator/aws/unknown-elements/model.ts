import type { NormalizedSchema } from "@smithy/core/schema";
import { type HandlerExecutionContext, SMITHY_CONTEXT_KEY, type StaticOperationSchema } from "@smithy/types";
import { documentOf, elementName, isOutsideBody } from "../answers/document.ts";

/** An operation on a bucket's configuration documents, as the SDK's own model describes it. */
export interface Operation {
  method: string;
  /** The subresource that its GET, PUT and DELETE share, such as "lifecycle"; "" is the bucket itself. */
  document: string;
  /** The answer has any number of documents, each with an id. */
  isList: boolean;
  /** Paths below the answer's root that the SDK reads, such as "/Rule/ID"; undefined where the answer is not such a document. */
  known: ReadonlySet<string> | undefined;
}

const operations = new WeakMap<StaticOperationSchema, Operation | undefined>();

/** Undefined for operations on objects, and on what is not in a bucket. */
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

/**
 * Whether each element of a document is at a known path. Follows the tags without parsing, which is much faster; false where that is
 * not to be trusted.
 */
export function hasOnlyKnown(xml: string, known: ReadonlySet<string>): boolean {
  if (xml.includes("<!")) return false;
  /** Paths of the elements that the current tag is in; the root's is "". */
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
  const end = tag.search(/[\s/]/);
  return end === -1 ? tag : tag.slice(0, end);
}
