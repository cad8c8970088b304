import { expect, test } from "vitest";
import type { PartState } from "../../reconcile/part.ts";
import { fakeSetting, planOf, resultOf } from "../testing/fixtures.ts";
import { rotationPart, withRotation } from "./rotation.ts";

const encryption = (state: PartState) => resultOf(planOf(fakeSetting("encryption")), state);
const cors = resultOf(planOf(fakeSetting("cors")), "InSync");
const key = (state: PartState) => ({ arn: "arn", rotation: { part: rotationPart("k", 90, 365), state } });

test("a rotation that is not as declared is reported with the encryption", () => {
  const [first, second] = withRotation([encryption("InSync"), cors], key("NotKept"));
  expect(first).toMatchObject({
    state: "NotKept",
    part: {
      name: "encryption",
      changes: [{ path: "kmsKey.managed.rotationPeriodInDays", desired: "90", actual: "365" }],
    },
  });
  expect(second).toBe(cors);
});

test("an encryption that is not in sync goes first", () => {
  const results = [encryption("Settling")];
  expect(withRotation(results, key("NotKept"))).toEqual(results);
  expect(withRotation(results, { arn: "arn" })).toBe(results);
});

test("rotation that is off is nothing", () => {
  expect(rotationPart("k", 90, undefined).changes).toEqual([
    { path: "kmsKey.managed.rotationPeriodInDays", desired: "90", actual: "" },
  ]);
  expect(rotationPart("k", 90, 90).changes).toEqual([]);
});
