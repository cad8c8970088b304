import * as sdk from "@aws-sdk/client-s3";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";

/** Documents of a bucket's configuration as the SDK's own model describes them. */

export type Fields = Record<string, unknown>;

/** A GET, List or PUT of such a document. */
export interface DocumentOperation {
  method: string;
  /** The subresource that they share, such as "lifecycle". */
  document: string;
  schema: StaticOperationSchema;
}

/** The operation of a command such as "PutBucketCorsCommand"; undefined for all others. */
export function operationOf(command: string): DocumentOperation | undefined {
  const schema = (sdk as unknown as Record<string, StaticOperationSchema | undefined>)[
    command.replace(/Command$/, "$")
  ];
  const [method = "", uri = ""] = (schema?.[3] as { http: string[] } | undefined)?.http ?? [];
  const document = /^\/\?([^&=]+)/.exec(uri)?.[1];
  return schema && document !== undefined && ["GET", "PUT"].includes(method) ? { method, document, schema } : undefined;
}

/** Parameters of a call that are not part of the document. */
const PARAMETERS = new Set([
  "Bucket",
  "Id",
  "ExpectedBucketOwner",
  "ContentMD5",
  "ChecksumAlgorithm",
  "RequestPayer",
  "MFA",
  "Token",
  "SkipDestinationValidation",
]);

/** The name of a document: "inventory a". */
export function nameOf({ document }: DocumentOperation, { Id }: Fields): string {
  return `${document} ${(Id as string | undefined) ?? ""}`.trim();
}

/** What a PUT replaces: its document, and settings in headers. */
export function modelOf({ schema: [, , , , input] }: DocumentOperation): [name: string, schema: NormalizedSchema][] {
  return membersOf(NormalizedSchema.of(input)).flatMap(([name, member]) => {
    if (member.getMergedTraits().httpPayload === 1) return membersOf(member);
    return PARAMETERS.has(name) ? [] : [[name, member]];
  });
}

/** The document in an input. */
export function documentIn({ schema }: DocumentOperation, input: Fields): Fields {
  const members = membersOf(NormalizedSchema.of(schema[4]));
  const [payload] = members.find(([, member]) => member.getMergedTraits().httpPayload === 1) ?? [""];
  const inHeaders = Object.entries(input).filter(([name]) => name !== payload && !PARAMETERS.has(name));
  return { ...Object.fromEntries(inHeaders), ...(input[payload] as Fields) };
}

/** The documents in an answer, with their schemas; they may be changed. */
export function documentsOf(
  { schema: [, , , , , output] }: DocumentOperation,
  answer: Fields,
): [Fields, NormalizedSchema][] {
  const schema = NormalizedSchema.of(output);
  const members = membersOf(schema);
  const payload = members.find(([, member]) => member.getMergedTraits().httpPayload === 1);
  if (payload !== undefined) return [[answer[payload[0]] as Fields, payload[1]]];
  const list = members.find(([name]) => name.endsWith("ConfigurationList"));
  if (list === undefined) return [[answer, schema]];
  return (answer[list[0]] as Fields[]).map((each) => [each, list[1].getValueSchema()]);
}

export function membersOf(schema: NormalizedSchema): [name: string, member: NormalizedSchema][] {
  return [...schema.structIterator()];
}

/** Paths of the values, such as "Rules[].Filter.Prefix"; an element without content is one. */
export function pathsIn(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== "object" || value === null || value instanceof Date) return [path];
  const inner = Object.entries(value).flatMap(([name, each]) => pathsIn(each, join(path, name)));
  return inner.length === 0 && path !== "" ? [path] : inner;
}

/** Paths of all values that the model allows. */
export function pathsOf(schema: NormalizedSchema, path: string): string[] {
  if (schema.isListSchema()) return pathsOf(schema.getValueSchema(), `${path}[]`);
  if (!schema.isStructSchema()) return [path];
  const members = membersOf(schema);
  return members.length === 0 ? [path] : members.flatMap(([name, member]) => pathsOf(member, join(path, name)));
}

export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** A value of every member; each text is `text`. */
export function sampleOf(schema: NormalizedSchema, text: string): unknown {
  if (schema.isListSchema()) return [sampleOf(schema.getValueSchema(), text)];
  if (!schema.isStructSchema()) return text;
  return Object.fromEntries(membersOf(schema).map(([name, member]) => [name, sampleOf(member, text)]));
}
