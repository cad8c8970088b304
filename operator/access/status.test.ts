import { describe, expect, test } from "vitest";
import type { BucketAccessStatus } from "../api/types.ts";
import { noteRole, noteTags, recordedRole } from "./status.ts";

test("each ServiceAccount has a role of its own, and a BucketAccess one without a ServiceAccount", () => {
  const status: BucketAccessStatus = {};
  const owners = [
    { kind: "ServiceAccount", name: "a" },
    { kind: "ServiceAccount", name: "b" },
    { kind: "BucketAccess", name: "a" },
  ] as const;
  for (const [index, owner] of owners.entries()) noteRole(status, owner, { arn: `arn-${index}` });
  noteRole(status, owners[0], { name: "role", arn: "arn-new" });
  noteRole(status, owners[0], { name: undefined });
  expect(owners.map((owner) => recordedRole(status, owner))).toEqual([
    { serviceAccount: "a", arn: "arn-new" },
    { serviceAccount: "b", arn: "arn-1" },
    { arn: "arn-2" },
  ]);
  expect(recordedRole(undefined, owners[0])).toEqual({});
});

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
    noteTags(status, { kind: "BucketAccess", name: "reader" }, wanted, found);
    expect(status.roles).toEqual([{ arn: "arn", ...(expected && { tagKeys: expected }) }]);
  });
});
