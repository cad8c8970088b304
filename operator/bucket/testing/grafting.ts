import type { NormalizedSchema } from "@smithy/core/schema";
import { documentsOf, join, membersOf, nameOf, operationOf, sampleOf, type Fields } from "./sdk-model.ts";

/** Fields that were added to a document of an answer. */
export interface Graft {
  /** "inventory a" */
  document: string;
  /** The place: ["Rules", 0, "Filter"]. */
  place: readonly (string | number)[];
  /** The same in the model: "Rules[].Filter". */
  path: string;
  /** Names of the fields that were added, each with this text somewhere in it. */
  names: string[];
  text: string;
}

/** Name of a field that no version of the SDK has. */
export const TOMORROW = "FieldOfTomorrow";

/** Adds to every element of an answer the fields that no spec expresses, and TOMORROW where `takes` allows it. */
export function graft(
  command: string,
  answer: Fields,
  isSaid: (path: string) => boolean,
  takes: (path: string) => boolean,
): Graft[] {
  const operation = operationOf(command);
  if (operation === undefined) return [];
  const grafts: Graft[] = [];
  const visit = (value: unknown, schema: NormalizedSchema, place: Graft["place"], path: string, document: string) => {
    if (Array.isArray(value) && schema.isListSchema()) {
      const item = schema.getValueSchema();
      value.forEach((each, index) => visit(each, item, [...place, index], `${path}[]`, document));
    }
    if (typeof value !== "object" || value === null || !schema.isStructSchema()) return;
    const fields = value as Fields;
    const members = membersOf(schema).filter(([, member]) => member.getMergedTraits().httpHeader === undefined);
    for (const [name, member] of members) visit(fields[name], member, [...place, name], join(path, name), document);
    // A filter has one bare criterion, or all of them in `And`.
    if (fields.And !== undefined) return;
    const text = `graft ${grafts.length}`;
    const omitted = members.filter(([name]) => fields[name] === undefined && !isSaid(join(path, name)));
    const added = omitted.map(([name, member]) => [name, sampleOf(member, text)] as const);
    if (takes(path)) added.push([TOMORROW, text]);
    Object.assign(fields, Object.fromEntries(added));
    if (added.length > 0) grafts.push({ document, place, path, names: added.map(([name]) => name), text });
  };
  for (const [document, schema] of documentsOf(operation, answer)) {
    visit(document, schema, [], "", nameOf(operation, document));
  }
  return grafts;
}
