import { describe, expect, test } from "vitest";
import type { BucketAccessStatus } from "../api/types.ts";
import { noteTags } from "./status.ts";

describe("noteTags", () => {
  const OWN = { "s3-operator.io/name": "reader" };

  test.each<[string, string[] | undefined, Record<string, string>, string[], string[] | undefined]>([
    ["none", undefined, OWN, [], undefined],
    ["those that are wanted", undefined, { ...OWN, team: "a" }, [], ["team"]],
    ["a former one as long as it is there", ["team", "stage"], { ...OWN, team: "a" }, ["stage"], ["stage", "team"]],
    ["a former one no longer than that", ["team", "stage"], { ...OWN, team: "a" }, ["team"], ["team"]],
    ["nobody else's", ["team"], { ...OWN, team: "a" }, ["team", "theirs"], ["team"]],
    ["none any more", ["team"], OWN, ["theirs"], undefined],
  ])("%s", (_case, tagKeys, wanted, found, expected) => {
    const status: BucketAccessStatus = { ...(tagKeys && { tagKeys }) };
    noteTags(status, wanted, found);
    expect(status).toEqual(expected === undefined ? {} : { tagKeys: expected });
  });
});
