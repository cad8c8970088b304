import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CLAIM_TAGS,
  EXPIRING_TAG,
  ORIGIN_TAG,
  ownershipOf,
  ownershipTags,
  RELEASED_BY_TAG,
  releaseTag,
  type Ownership,
  type Tags,
} from "../../api/ownership.ts";
import { OWNER } from "../testing/fixtures.ts";
import { userTags } from "../testing/tag-store.ts";
import { countTags, hasRoomFor, MAX_TAGS, stepsOf, tagsTooMany, type TagChange } from "./room.ts";

/* For any tags: each change fits, completes after an interruption, and names the right owner after every call. */

const OTHER = { ...OWNER, name: "x" };
const CLAIM = ownershipTags(OWNER, "Created");
const RELEASE = (owner: typeof OWNER): Tags => ({ ...releaseTag(owner), [ORIGIN_TAG]: "Created" });

interface Change {
  what: string;
  before: Tags;
  change: TagChange;
  after: Tags;
  /** Ownership after each call, as OWNER sees it, and as OTHER does. */
  toOwner: Ownership[];
  toOther: Ownership[];
}

const { [ORIGIN_TAG]: _, ...CLAIM_WITHOUT_ORIGIN } = CLAIM;
const CHANGES: Change[] = [
  {
    what: "a release",
    before: CLAIM,
    change: { set: releaseTag(OWNER), dropAfter: CLAIM_TAGS },
    after: RELEASE(OWNER),
    toOwner: ["Ours"],
    toOther: ["Other", "Unclaimed"],
  },
  {
    what: "a release that was broken off",
    before: { ...CLAIM_WITHOUT_ORIGIN, ...releaseTag(OWNER) },
    change: { set: RELEASE(OWNER), dropAfter: CLAIM_TAGS },
    after: RELEASE(OWNER),
    toOwner: ["Ours"],
    toOther: ["Other", "Unclaimed"],
  },
  {
    what: "a new claim by the same object",
    before: RELEASE(OWNER),
    change: { set: CLAIM, dropAfter: [RELEASED_BY_TAG] },
    after: CLAIM,
    toOwner: ["Ours"],
    toOther: ["Unclaimed", "Other"],
  },
  {
    what: "an adoption of what another object released",
    before: RELEASE(OTHER),
    change: { set: CLAIM, dropAfter: [RELEASED_BY_TAG] },
    after: CLAIM,
    toOwner: ["Unclaimed", "Ours"],
    toOther: ["Ours", "Other"],
  },
  {
    what: "an adoption",
    before: {},
    change: { set: CLAIM },
    after: CLAIM,
    toOwner: ["Ours"],
    toOther: ["Other"],
  },
  {
    what: "the end of a hand-over to S3 Lifecycle",
    before: { ...CLAIM_WITHOUT_ORIGIN, [EXPIRING_TAG]: "now" },
    change: { drop: [EXPIRING_TAG], set: { [ORIGIN_TAG]: "Created" } },
    after: CLAIM,
    toOwner: ["Ours"],
    toOther: ["Other"],
  },
];

/** The tags after each call. */
function* run(before: Tags, change: TagChange): Generator<Tags> {
  let tags = before;
  for (const step of stepsOf(before, change)) {
    if ("set" in step) tags = { ...tags, ...step.set };
    else tags = Object.fromEntries(Object.entries(tags).filter(([key]) => !step.drop.includes(key)));
    yield tags;
  }
}

test.each(CHANGES)("$what, with as many tags of others as there is room for", ({ before, change, after, ...seen }) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_TAGS - 4 }), fc.integer({ min: 0, max: 3 }), (count, ofAws) => {
      const aws = Object.fromEntries(Array.from({ length: ofAws }, (_, index) => [`aws:cf:${index}`, ""]));
      const others = { ...userTags(count), ...aws };
      const states = [...run({ ...others, ...before }, change)];
      for (const tags of states) {
        expect(countTags(Object.keys(tags))).toBeLessThanOrEqual(MAX_TAGS);
        expect(tags).toMatchObject(others);
        expect(seen.toOwner).toContain(ownershipOf(tags, OWNER));
        expect(seen.toOther).toContain(ownershipOf(tags, OTHER));
      }
      expect(states.at(-1)).toEqual({ ...others, ...after });
    }),
  );
});

test.each(CHANGES)("$what ends up whole when it is broken off after any call and begun again", (each) => {
  for (const count of [0, MAX_TAGS - 5, MAX_TAGS - 4]) {
    const others = userTags(count);
    for (const broken of run({ ...others, ...each.before }, each.change)) {
      // Status has the origin.
      const change = { ...each.change, set: { [ORIGIN_TAG]: "Created", ...each.change.set } };
      const states = [broken, ...run(broken, change)];
      expect(Math.max(...states.map((tags) => countTags(Object.keys(tags))))).toBeLessThanOrEqual(MAX_TAGS);
      expect(states.at(-1)).toEqual({ ...others, ...each.after });
    }
  }
});

test("the tag of a hand-over replaces the origin tag only on a full bucket", () => {
  const set = { [EXPIRING_TAG]: "now" };
  const [some, full] = [
    { ...userTags(5), ...CLAIM },
    { ...userTags(MAX_TAGS - 4), ...CLAIM },
  ];
  expect([...run(some, { set })].at(-1)).toEqual({ ...some, ...set });
  const { [ORIGIN_TAG]: _, ...others } = full;
  expect([...run(full, { set })]).toEqual([others, { ...others, ...set }]);
  expect([hasRoomFor(EXPIRING_TAG, full), hasRoomFor(EXPIRING_TAG, userTags(MAX_TAGS))]).toEqual([true, false]);
});

test("leaves out empty calls", () => {
  expect(stepsOf({}, {})).toEqual([]);
  expect(stepsOf({}, { drop: [], set: {}, dropAfter: [] })).toEqual([]);
});

test("AWS's own tags do not count", () => {
  expect(tagsTooMany({ ...userTags(MAX_TAGS - 4), "aws:cloudformation:stack-name": "s" }, { set: CLAIM })).toBe(0);
  expect(tagsTooMany(userTags(MAX_TAGS - 3), { set: CLAIM })).toBe(1);
  expect(tagsTooMany(userTags(MAX_TAGS), { drop: ["key-0", "key-1"], set: CLAIM })).toBe(2);
});
