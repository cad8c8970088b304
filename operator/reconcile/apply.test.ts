import { describe, expect, test } from "vitest";
import { createHistory } from "./history.ts";
import { failed } from "./outcome.ts";
import { type Outcome, OutcomeError } from "../kube/outcome.ts";
import { applyParts, readBack } from "./apply.ts";
import { outcomeOf } from "./conclude.ts";
import type { Part, PartResult } from "./part.ts";

const WINDOW_MS = 60_000;
const CHANGE = { path: "", desired: "a", actual: "b" };
const DENIED = { reason: "AccessDenied", message: "iam:PutRolePolicy", retryAfterMs: 120_000 } as const;

function part(overrides: Partial<Part> = {}): Part & { writes: () => number } {
  let writes = 0;
  const write = async () => void (writes += 1);
  return { setting: "permissions", desired: "a", changes: [CHANGE], write, ...overrides, writes: () => writes };
}

function states(results: readonly PartResult[]): string[] {
  return results.map(({ state }) => state);
}

describe("parts", () => {
  test("one that fails does not stop the others", async () => {
    const failing = part({ setting: "trust", write: () => Promise.reject(failed(DENIED)) });
    const other = part();
    const results = await applyParts(
      [failing, other],
      createHistory(() => 0, WINDOW_MS),
      "uid",
    );
    expect(states(results)).toEqual(["Failed", "Settling"]);
    expect(other.writes()).toBe(1);
  });

  test("what is as wanted, or must not be written, is not", async () => {
    const [same, blocked] = [part({ changes: [] }), part({ blocked: { ...DENIED, terminal: true } })];
    const results = await applyParts(
      [same, blocked],
      createHistory(() => 0, WINDOW_MS),
      "uid",
    );
    expect(states(results)).toEqual(["InSync", "Failed"]);
    expect(same.writes() + blocked.writes()).toBe(0);
  });

  test("an answer of AWS may be old for a while, one of Kubernetes is not", async () => {
    const history = createHistory(() => 0, WINDOW_MS);
    const parts = [part(), part({ setting: "configMap", isConsistent: true })];
    await applyParts(parts, history, "uid");
    expect(states(await applyParts(parts, history, "uid"))).toEqual(["Settling", "Settling"]);
    expect(parts.map(({ writes }) => writes())).toEqual([1, 2]);
  });

  test("a bug is not swallowed", async () => {
    const broken = part({ write: () => Promise.reject(new TypeError("bug")) });
    await expect(
      applyParts(
        [broken],
        createHistory(() => 0, 0),
        "uid",
      ),
    ).rejects.toThrow("bug");
  });

  test("read back: equal is in sync, different still settles", async () => {
    const written: PartResult[] = ["trust", "tags"].map((setting) => ({
      setting,
      state: "Settling",
      changes: [CHANGE],
    }));
    const again = [part({ setting: "trust", changes: [] }), part({ setting: "tags" })];
    expect(states(readBack(written, again))).toEqual(["InSync", "Settling"]);
  });
});

describe("the outcome", () => {
  const result = (state: PartResult["state"], more: Partial<PartResult> = {}): PartResult => {
    return { setting: "trust", state, changes: [], ...more };
  };

  function outcome(...results: PartResult[]): Outcome {
    try {
      return outcomeOf(results, "all there", 600_000);
    } catch (error) {
      if (error instanceof OutcomeError) return error.outcome;
      throw error;
    }
  }

  test("done, when everything is in sync", () => {
    expect(outcome(result("InSync"))).toEqual({ kind: "done", message: "all there", recheckAfterMs: 600_000 });
  });

  test("what may pass goes before what needs a person, and names its part", () => {
    const terminal = result("Failed", { failure: { reason: "AssociationNotOwned", message: "m", terminal: true } });
    const denied = result("Failed", { failure: DENIED });
    expect(outcome(terminal, denied)).toMatchObject({ reason: "AccessDenied", message: "trust: iam:PutRolePolicy" });
    expect(outcome(terminal, result("Settling"))).toMatchObject({ kind: "again", reason: "Settling" });
    expect(outcome(terminal, result("InSync"))).toMatchObject({ terminal: true, reason: "AssociationNotOwned" });
    expect(outcome(result("KeepsChanging"))).toMatchObject({ terminal: true, reason: "SettingKeepsChanging" });
  });
});
