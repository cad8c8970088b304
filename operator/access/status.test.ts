import { describe, expect, test } from "vitest";
import type { BucketAccessStatus } from "../api/types.ts";
import { noteTags } from "./status.ts";

describe("noteTags", () => {
  const OWN = { "s3-operator.io/name": "reader" };

  test.each<[string, string[] | undefined, Record<string, string>, string[], string[] | undefined]>([
    ["no keys when there are no account tags", undefined, OWN, [], undefined],
    ["the keys of the account's tags", undefined, { ...OWN, team: "a" }, [], ["team"]],
    ["a former key while it is on the role", ["team", "stage"], { ...OWN, team: "a" }, ["stage"], ["stage", "team"]],
    ["no former key that is not on the role", ["team", "stage"], { ...OWN, team: "a" }, ["team"], ["team"]],
    ["no key of another tool", ["team"], { ...OWN, team: "a" }, ["team", "theirs"], ["team"]],
    ["no keys when the account's tags are removed", ["team"], OWN, ["theirs"], undefined],
  ])("records %s", (_case, tagKeys, wanted, found, expected) => {
    const status: BucketAccessStatus = { roles: [{ arn: "arn", ...(tagKeys && { tagKeys }) }] };
    noteTags(status, wanted, found);
    expect(status.roles).toEqual([{ arn: "arn", ...(expected && { tagKeys: expected }) }]);
  });
});
