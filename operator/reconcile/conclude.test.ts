import { expect, test } from "vitest";
import { thrownFailure, thrownOutcome } from "../bucket/testing/thrown.ts";
import { conclude, keepsChanging } from "./conclude.ts";
import type { PartResult } from "./part.ts";
import { change, partOf, resultOf } from "./testing/parts.ts";

const CONCLUSION = { message: "all there", recheckAfterMs: 600_000 };
const denied = resultOf(partOf("trust"), "Failed", { reason: "AccessDenied", message: "m", retryAfterMs: 120_000 });
const refused = resultOf(partOf("tags"), "Failed", { reason: "Invalid", message: "m", terminal: true });
const held = resultOf(partOf("encryption", { held: { message: "for the key", afterMs: 7 } }), "Held");
const inState = (state: PartResult["state"]) => resultOf(partOf("policy"), state);

test("conclude is done when all parts are in sync", () => {
  expect(conclude([inState("InSync")], CONCLUSION)).toEqual({ kind: "done", ...CONCLUSION });
});

test("conclude reports what needs only time before what needs the user", async () => {
  const inOrder: [PartResult, string][] = [
    [denied, "AccessDenied"],
    [inState("Settling"), "Settling"],
    [held, "Applying"],
    [refused, "Invalid"],
    [inState("NotKept"), "SettingKeepsChanging"],
    [inState("KeepsChanging"), "SettingKeepsChanging"],
    [inState("Planned"), "ChangesPlanned"],
  ];
  for (const [index, [, reason]] of inOrder.entries()) {
    const rest = inOrder.slice(index).map(([result]) => result);
    for (const results of [rest, rest.toReversed()]) {
      expect(await thrownOutcome(() => conclude(results, CONCLUSION))).toMatchObject({ reason });
    }
  }
});

test("conclude names the part of a failure, and the other parts that failed", async () => {
  const other = resultOf(partOf("cors"), "Failed", { reason: "Throttled", message: "slow" });
  expect((await thrownFailure(() => conclude([denied], CONCLUSION))).message).toBe("trust: m");
  expect((await thrownFailure(() => conclude([denied, other], CONCLUSION))).message).toBe("cors: slow (and trust)");
  const detailed = { ...CONCLUSION, detailsIn: "status.settings" };
  const { message } = await thrownFailure(() => conclude([denied, other], detailed));
  expect(message).toBe("cors: slow (and trust: see status.settings)");
});

test("keepsChanging says what was seen of each part, and accuses no other tool", () => {
  const rules = partOf("lifecycle", { changes: [change("rules[a].days"), change("rules[b]")] });
  const [changed, lost] = [resultOf(rules, "KeepsChanging"), resultOf(partOf("versioning"), "NotKept")];
  const ofChanged =
    "Written 5 times, read back as written, and changed after that: lifecycle rules[a].days, rules[b]. Find which identity changes it (CloudTrail records changes at AWS), and let only one of the two manage it";
  const ofLost =
    "Written 5 times, and never read back as written: versioning. The endpoint accepts it and does not keep it: remove it from the spec if the endpoint does not support it";
  expect(keepsChanging([changed])).toBe(`${ofChanged}. The next try is in an hour`);
  expect(keepsChanging([lost])).toBe(`${ofLost}. The next try is in an hour`);
  expect(keepsChanging([changed, lost])).toBe(`${ofLost}. ${ofChanged}. The next try is in an hour`);
});
