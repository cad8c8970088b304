/** Reads the calls of a new setting from the AWS SDK's model. */
import * as sdk from "@aws-sdk/client-s3";
import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { enumOf } from "./enums.ts";

/** The names of S3's calls, such as "GetBucketWebsite". */
export interface Calls {
  get: string;
  put: string;
  delete: string;
}

/** One value in the documents. Lists of structures have no leaf: the author writes them. */
export interface Leaf {
  type: "string" | "boolean" | "integer" | "strings";
  /** The words of an enum. */
  words: string[] | undefined;
  /** Path in the document of the PUT: ["S3TablesDestination", "TableBucketArn"]. */
  put: string[];
  /** Path in the answer; undefined if the answer has no field of this name. */
  got: string[] | undefined;
}

export interface Model {
  calls: Calls;
  /** IAM actions, by call. */
  actions: Calls;
  /** Subresource in the URL: "metadataTable". */
  query: string;
  method: "PUT" | "POST";
  /** The parameter of the PUT that is the document, and its type. */
  payload: string;
  putType: string;
  /** The member of the answer that is the document; undefined if the answer itself is. */
  answer: string | undefined;
  gotType: string;
  putRoot: string;
  gotRoot: string;
  leaves: Leaf[];
}

/** @throws Error for a call that the SDK does not have, with the calls on buckets that it has */
export async function modelOf(calls: Calls): Promise<Model> {
  const [get, put] = [schemaOf(calls.get), schemaOf(calls.put)];
  schemaOf(calls.delete);
  const { http } = put[3] as unknown as { http: [method: "PUT" | "POST", uri: string] };
  const [payload, document] = payloadOf(put[4]) ?? [];
  if (payload === undefined || document === undefined) throw new Error(`${calls.put} has no document`);
  const [answer, got] = payloadOf(get[5]) ?? [undefined, NormalizedSchema.of(get[5])];
  const gotLeaves = leavesIn(got);
  return {
    calls,
    actions: { get: await actionOf(calls.get), put: await actionOf(calls.put), delete: await actionOf(calls.delete) },
    query: /\?([^&=]+)/.exec(http[1])?.[1] ?? "",
    method: http[0],
    payload,
    putType: document.getName() ?? payload,
    answer,
    gotType: answer === undefined ? (document.getName() ?? payload) : (got.getName() ?? answer),
    putRoot: rootOf(document),
    gotRoot: rootOf(got),
    leaves: leavesIn(document).map(({ path, type, words }) => ({
      type,
      words,
      put: path,
      got: gotLeaves.find((each) => each.path.at(-1) === path.at(-1))?.path,
    })),
  };
}

function schemaOf(call: string): StaticOperationSchema {
  const schema = (sdk as unknown as Record<string, StaticOperationSchema | undefined>)[`${call}$`];
  if (schema !== undefined) return schema;
  const calls = Object.keys(sdk).filter((name) => /Bucket.*Command$/.test(name));
  throw new Error(`The AWS SDK has no ${call}. It has ${calls.map((name) => name.slice(0, -7)).join(", ")}`);
}

function payloadOf(structure: StaticOperationSchema[4]): [name: string, schema: NormalizedSchema] | undefined {
  return membersOf(NormalizedSchema.of(structure)).find(([, member]) => member.getMergedTraits().httpPayload === 1);
}

function rootOf(document: NormalizedSchema): string {
  return String(document.getMergedTraits().xmlName ?? document.getName());
}

function membersOf(schema: NormalizedSchema): [name: string, member: NormalizedSchema][] {
  return [...schema.structIterator()];
}

function leavesIn(
  schema: NormalizedSchema,
  path: string[] = [],
): (Pick<Leaf, "type" | "words"> & { path: string[] })[] {
  return membersOf(schema).flatMap(([name, member]) => {
    const place = [...path, name];
    if (member.isStructSchema()) return leavesIn(member, place);
    const type = typeOf(member);
    return type === undefined ? [] : [{ path: place, type, words: enumOf(schema.getName() ?? "", name) }];
  });
}

function typeOf(member: NormalizedSchema): Leaf["type"] | undefined {
  if (member.isBooleanSchema()) return "boolean";
  if (member.isNumericSchema()) return "integer";
  if (member.isStringSchema()) return "string";
  return member.isListSchema() && member.getValueSchema().isStringSchema() ? "strings" : undefined;
}

/** IAM leaves "Bucket" out of some names, and has no delete for some settings. */
async function actionOf(call: string): Promise<string> {
  const names = [
    call,
    call.replace("Bucket", ""),
    call.replace(/^Delete/, "Put"),
    call.replace(/^DeleteBucket/, "Put"),
  ];
  for (const name of names) {
    const isKnown = await isWildcardOnlyAction("s3", name).then(
      () => true,
      () => false,
    );
    if (isKnown) return `s3:${name}`;
  }
  console.log(`IAM knows no action ${names.join(", ")}: correct iamActions in the setting's file`);
  return `s3:${call}`;
}
