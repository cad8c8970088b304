import { describe, expect, test } from "vitest";
import { createManualClock, settle } from "../kube/testing/manual-clock.ts";
import { shareCredentials } from "./credentials.ts";

const MINUTE = 60_000;

/** Numbered credentials, valid for an hour. `fail` makes the next fetches fail, `hold` keeps them pending. */
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
  test("are fetched once for concurrent callers", async () => {
    const { key, state } = source();
    expect(await Promise.all([key(), key(), key()])).toEqual(["ASIA1", "ASIA1", "ASIA1"]);
    expect(state.fetches).toBe(1);
  });

  test("are fetched only once if they do not expire", async () => {
    const { key, clock, state } = source({ expires: false });
    await key();
    await clock.advance(1000 * 60 * MINUTE);
    expect(await key()).toBe("ASIA1");
    expect(state.fetches).toBe(1);
  });

  test("are replaced before they expire, without making callers wait", async () => {
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

  test("are used while STS is down, until they expire", async () => {
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

  test("are fetched again after a failed fetch", async () => {
    const { key, state } = source();
    state.fail = true;
    await expect(key()).rejects.toThrow("STS is down");
    state.fail = false;
    expect(await key()).toBe("ASIA2");
  });

  test("are dropped if AWS calls them expired, unless fetched since", async () => {
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
