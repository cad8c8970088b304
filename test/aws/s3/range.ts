/** Parts of a body by range: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */

import { AwsError } from "../errors.ts";

/** The first and the last byte. */
export type Range = [first: number, last: number];

/**
 * The range that the header names. Undefined for no header, and for headers that S3 ignores: other units and several
 * ranges. Throws InvalidRange for a range behind the end.
 */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(first) > Number(last)) return undefined;
  const range: Range =
    first === ""
      ? [Math.max(0, size - Number(last)), size - 1]
      : [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)];
  if (range[0] >= size || (first === "" && Number(last) === 0)) {
    const details = { RangeRequested: header ?? "", ActualObjectSize: String(size) };
    throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable", { details });
  }
  return range;
}
