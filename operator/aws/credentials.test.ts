import { describe, expect, test } from "vitest";
import { createManualClock, settle } from "../kube/testing/manual-clock.ts";
import { shareCredentials } from "./credentials.ts";

const MINUTE = 60_000;

/** Credentials that are good for an hour, numbered; `fail` makes the next fetches fail, `hold` keeps them pending. */
function source({ expires = true } = {}) {
  const clock = createManualClock();
  const state = { fetches: 0, fail: false, gate: Promise.resolve() };
  const shared = shareCredentials(async () => {
    state.fetches += 1;
    const number = state.fetches;
    await state.gate;
    if (state.fail) throw new Error("STS is down");
    const expiration = expires ? { expiration: new Date(clock.now() + 60 * MINUTE) } : {};
    return { accessKeyId: `ASIA${number}`, secretAccessKey: "secret", ...expiration };
  }, clock);
  const key = async () => (await shared()).accessKeyId;
  return { clock, state, shared, key };
}

describe("shared credentials", () => {
  test("are fetched once by callers at the same time", async () => {
    const { key, state } = source();
    expect(await Promise.all([key(), key(), key()])).toEqual(["ASIA1", "ASIA1", "ASIA1"]);
    expect(state.fetches).toBe(1);
  });

  test("that do not expire are fetched once for all", async () => {
    const { key, clock, state } = source({ expires: false });
    await key();
    await clock.advance(1000 * 60 * MINUTE);
    expect(await key()).toBe("ASIA1");
    expect(state.fetches).toBe(1);
  });

  test("are replaced before they expire, without anybody waiting", async () => {
    const { key, clock, state } = source();
    await key();
    await clock.advance(54 * MINUTE);
    expect(await key()).toBe("ASIA1");
    expect(state.fetches).toBe(1);
    await clock.advance(2 * MINUTE);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    expect(await key()).toBe("ASIA1");
    expect(state.fetches).toBe(2);
    gate.resolve();
    await settle();
    expect(await key()).toBe("ASIA2");
  });

  test("serve on while STS is down, and no longer than they are good", async () => {
    const { key, clock, state } = source();
    await key();
    state.fail = true;
    await clock.advance(57 * MINUTE);
    expect(await key()).toBe("ASIA1");
    await clock.advance(2.5 * MINUTE);
    await expect(key()).rejects.toThrow("STS is down");
    state.fail = false;
    expect(await key()).toMatch(/^ASIA\d/);
    expect(await key()).not.toBe("ASIA1");
  });

  test("a failed fetch is not remembered", async () => {
    const { key, state } = source();
    state.fail = true;
    await expect(key()).rejects.toThrow("STS is down");
    state.fail = false;
    expect(await key()).toBe("ASIA2");
  });

  test("found expired are dropped, but not those fetched since", async () => {
    const { key, clock, shared, state } = source();
    await key();
    await clock.advance(1000);
    const startedAt = clock.monotonic();
    await clock.advance(1000);
    shared.dropIfFetchedBefore(startedAt);
    expect(await key()).toBe("ASIA2");
    shared.dropIfFetchedBefore(startedAt);
    expect(await key()).toBe("ASIA2");
    expect(state.fetches).toBe(2);
  });
});
