/** Rows of the validation tables: a spec, and the field at which the API server must refuse it. */

/** As a tenant sends it: anything at all. */
export type Spec = Record<string, unknown>;

export interface Row {
  name: string;
  spec: Spec;
  /** The spec that is stored already and is edited. Absent: the object is created. */
  before?: Spec;
  /** metadata.name, where that is what the row is about. */
  objectName?: string;
  /** Path of the one field that is refused, such as "spec.cors.rules[0].allowedOrigins[0]". Absent: accepted. */
  refusedAt?: string;
}

export function accepted(name: string, spec: Spec): Row {
  return { name, spec };
}

export function refused(name: string, refusedAt: string, spec: Spec): Row {
  return { name, spec, refusedAt };
}
