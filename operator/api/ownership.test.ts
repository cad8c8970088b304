import { describe, expect, test } from "vitest";
import { OWNER } from "../bucket/testing/fixtures.ts";
import { CLAIM_TAGS, originOf, ownershipOf, ownershipTags, releaseTag, type Tags } from "./ownership.ts";

const OURS = ownershipTags(OWNER, "Created");
const RELEASED = releaseTag(OWNER);

describe("the ownership of a bucket", () => {
  test.each<[string, Tags, string]>([
    ["no tags", {}, "Unclaimed"],
    ["tags of others", { "aws:createdBy": "x", env: "prod" }, "Unclaimed"],
    ["our claim", OURS, "Ours"],
    ["our claim among others", { ...OURS, env: "prod" }, "Ours"],
    ["our claim on an adopted bucket", ownershipTags(OWNER, "Adopted"), "Ours"],
    ["a claim from another cluster", ownershipTags({ ...OWNER, cluster: "dev" }, "Created"), "Other"],
    ["a claim from another namespace", ownershipTags({ ...OWNER, namespace: "x" }, "Created"), "Other"],
    ["a claim by another name", ownershipTags({ ...OWNER, name: "x" }, "Created"), "Other"],
    ["a claim in another letter case", ownershipTags({ ...OWNER, name: "Docs" }, "Created"), "Other"],
    ["half a claim, which is somebody's", { "s3-operator.io/cluster": "prod" }, "Other"],
    ["a claim without its cluster", { ...OURS, "s3-operator.io/cluster": "" }, "Other"],
    ["released by us", RELEASED, "Ours"],
    ["released by another", releaseTag({ ...OWNER, name: "x" }), "Unclaimed"],
    [
      "released by us, and claimed by another since",
      { ...RELEASED, ...ownershipTags({ ...OWNER, name: "x" }, "Created") },
      "Other",
    ],
    ["released by another, and claimed by us since", { ...releaseTag({ ...OWNER, name: "x" }), ...OURS }, "Ours"],
    ["the origin alone", { "s3-operator.io/origin": "Created" }, "Unclaimed"],
  ])("%s", (_case, tags, verdict) => {
    expect(ownershipOf(tags, OWNER)).toBe(verdict);
  });

  test("a released bucket is still owned by its object, and by no other", () => {
    const kept = Object.entries({ ...OURS, ...RELEASED }).filter(([key]) => !CLAIM_TAGS.includes(key));
    const released = Object.fromEntries(kept);
    expect(ownershipOf(released, OWNER)).toBe("Ours");
    expect(ownershipOf(released, { ...OWNER, namespace: "x" })).toBe("Unclaimed");
    expect(originOf(released)).toBe("Created");
  });
});

test.each([
  ["Created", "Created"],
  ["Adopted", "Adopted"],
  ["created", undefined],
  ["", undefined],
])("origin %j", (tag, origin) => {
  expect(originOf({ "s3-operator.io/origin": tag })).toBe(origin);
});

test("an absent origin is undefined", () => {
  expect(originOf({})).toBeUndefined();
});
