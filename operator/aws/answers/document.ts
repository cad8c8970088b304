import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";

/** The document in the body of a REST answer, according to the SDK's model. */
export interface Document {
  /** Name of the root element, such as "VersioningConfiguration". */
  root: string;
  schema: NormalizedSchema;
}

/** Undefined if the answer has only headers. */
export function documentOf(output: StaticOperationSchema[5]): Document | undefined {
  const answer = NormalizedSchema.of(output);
  const members = answer.isStructSchema() ? [...answer.structIterator()].map(([, member]) => member) : [];
  const payload = members.find((member) => member.getMergedTraits().httpPayload === 1);
  const schema = payload ?? (members.some((member) => !isOutsideBody(member)) ? answer : undefined);
  return schema && { root: schema.getMergedTraits().xmlName ?? schema.getName() ?? "", schema };
}

/** Names of the elements directly below the root. */
export function childNamesOf(schema: NormalizedSchema): ReadonlySet<string> {
  if (!schema.isStructSchema()) return new Set();
  const inBody = [...schema.structIterator()].filter(([, member]) => !isOutsideBody(member));
  return new Set(inBody.map(([name, member]) => elementName(name, member)));
}

/** As the SDK's XmlShapeDeserializer names elements. */
export function elementName(member: string, schema: NormalizedSchema): string {
  return schema.getMemberTraits().xmlName ?? member;
}

/** In a header, or in an attribute. */
export function isOutsideBody(member: NormalizedSchema): boolean {
  const { httpHeader, httpPrefixHeaders, xmlAttribute } = member.getMergedTraits();
  return Boolean(httpHeader ?? httpPrefixHeaders ?? xmlAttribute);
}
