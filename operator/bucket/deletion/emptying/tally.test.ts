import { describe, expect, test } from "vitest";
import type { S3BucketStatus } from "../../../api/types.ts";
import { keepsFilling, newTally, noteDeleted, noteProgress, noteRefused } from "./tally.ts";

const NOW = "2026-01-01T00:00:00.000Z";

test("of what is refused the first in S3's order stays, in whatever order it comes", () => {
  const tally = newTally();
  for (const key of ["b", "a", "c"]) noteRefused(tally, { key, error: new Error(key) });
  expect(tally.refused?.key).toBe("a");
});

test("of what is deleted the first that is not recent stays likewise", () => {
  const tally = newTally();
  const deleted = [
    { key: "b", lastModified: 0 },
    { key: "a", lastModified: 5 },
    { key: "0", lastModified: 6 },
    { key: "c", lastModified: 0 },
  ];
  for (const each of deleted) noteDeleted(tally, { ...each, versionId: "v", isDeleteMarker: false }, 5);
  expect(tally).toMatchObject({ deleted: 4, recent: 1, firstDeleted: { key: "a" } });
});

describe("progress", () => {
  test("adds up, and keeps when it began", () => {
    const status: S3BucketStatus = { deletion: { startedTime: "then", objectsDeleted: 5, uploadsAborted: 1 } };
    noteProgress(status, { ...newTally(), deleted: 3, uploadsAborted: 2 }, NOW);
    expect(status.deletion).toEqual({
      startedTime: "then",
      lastProgressTime: NOW,
      objectsDeleted: 8,
      uploadsAborted: 3,
    });
  });

  test("does not change status without progress", () => {
    const status: S3BucketStatus = {};
    noteProgress(status, newTally(), NOW);
    expect(status).toEqual({});
  });

  test("starts over when status was wiped", () => {
    const status: S3BucketStatus = {};
    noteProgress(status, { ...newTally(), deleted: 3 }, NOW);
    expect(status.deletion).toEqual({ lastProgressTime: NOW, objectsDeleted: 3, uploadsAborted: 0 });
  });
});

test.each([
  [0, 0, false],
  [10, 0, false],
  [10, 4, false],
  [10, 5, true],
  [1, 1, true],
])("%i deleted, %i of them recent: keeps filling, %s", (deleted, recent, expected) => {
  expect(keepsFilling({ ...newTally(), deleted, recent })).toBe(expected);
});
