import { expect, test } from "vitest";
import { createReferenceIndex } from "./reference-index.ts";

test("each referrer is listed once, until it is removed", () => {
  const index = createReferenceIndex();
  for (const referrer of ["a", "b", "a"]) index.add("bucket", referrer);
  expect(index.referrersOf("bucket")).toEqual(["a", "b"]);
  expect(index.referrersOf("other")).toEqual([]);
  for (const referrer of ["a", "unknown", "b"]) index.remove("bucket", referrer);
  expect(index.referrersOf("bucket")).toEqual([]);
});
