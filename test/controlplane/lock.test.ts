import { access, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";

const times = { refreshMs: 20, staleMs: 400, pollMs: 10 };
let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lock-test-"));
  file = join(directory, "lock");
});

afterEach(() => rm(directory, { recursive: true }));

test("only one process works at a time, even when the work takes longer than a lock stays fresh", async () => {
  const events: string[] = [];
  const first = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const firstDone = withLock(
    file,
    () => undefined,
    async () => {
      started.resolve();
      await first.promise;
      events.push("first");
    },
    times,
  );
  await started.promise;
  const secondDone = withLock(
    file,
    () => undefined,
    async () => void events.push("second"),
    times,
  );
  setTimeout(() => first.resolve(), 3 * times.staleMs);
  await Promise.all([firstDone, secondDone]);
  expect(events).toEqual(["first", "second"]);
  await expect(access(file)).rejects.toThrow("ENOENT");
});

test("a lock of a dead process is taken over, and the wait is logged", async () => {
  await writeFile(file, "");
  await utimes(file, new Date(0), new Date(0));
  const log: string[] = [];
  expect(
    await withLock(
      file,
      (line) => log.push(line),
      async () => "done",
      times,
    ),
  ).toBe("done");
  expect(log[0]).toContain("Waiting for another process");
});

test("work that fails releases the lock", async () => {
  const failure = withLock(
    file,
    () => undefined,
    () => Promise.reject(new Error("disk full")),
    times,
  );
  await expect(failure).rejects.toThrow("disk full");
  await expect(access(file)).rejects.toThrow("ENOENT");
});
