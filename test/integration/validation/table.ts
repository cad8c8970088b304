/** Rows of the validation tables: a spec, and the field at which the API server must refuse it. */

/** A spec as a tenant sends it, of any shape. */
export type Spec = Record<string, unknown>;

export interface Row {
  name: string;
  spec: Spec;
  /** The stored spec, which the row edits. Absent: the row creates the object. */
  before?: Spec;
  /** metadata.name, for rows about the name. */
  objectName?: string;
  /** Path of the field that is refused, such as "spec.cors.rules[0].allowedOrigins[0]". Absent: accepted. */
  refusedAt?: string;
}

export function accepted(name: string, spec: Spec): Row {
  return { name, spec };
}

export function refused(name: string, refusedAt: string, spec: Spec): Row {
  return { name, spec, refusedAt };
}
