import { isNotFound } from "../../kube/errors.ts";

/** By which the API server tells our fields from those of others. */
export const FIELD_MANAGER = "s3-operator";

/** What a read answers; undefined where there is no such object. */
export async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
