import { expect, test } from "vitest";
import { carryOver, carryOverEach } from "./carry-over.ts";
import { FILTER_FIELDS } from "./filter.ts";

const FIELDS = [
  "ID",
  "Days",
  "Expiration.Days",
  "Moves.StorageClass",
  "Moves.Days",
  "Redirects.Host",
  "Rules.Name",
  "Rules.Value",
  "Labels.Key",
  "Labels.Value",
  ...FILTER_FIELDS,
];

test.each([
  ["a field that a spec cannot say", {}, { New: 0 }, { New: 0 }],
  [
    "one further below",
    { Expiration: { Days: 2 } },
    { Expiration: { Days: 1, New: 0 } },
    { Expiration: { Days: 2, New: 0 } },
  ],
  ["an element with nothing that a spec can say", {}, { Expiration: { New: 0 } }, { Expiration: { New: 0 } }],
  ["no element that has left the spec", {}, { Expiration: { Days: 1, New: 0 } }, {}],
  ["no field that has left the spec", { ID: "a" }, { ID: "a", Days: 1 }, { ID: "a" }],
  [
    "entries of a list, by what tells them apart",
    { Moves: [{ StorageClass: "B", Days: 3 }, { StorageClass: "A" }] },
    {
      Moves: [
        { StorageClass: "A", New: 1 },
        { StorageClass: "B", New: 2 },
        { StorageClass: "C", New: 3 },
      ],
    },
    {
      Moves: [
        { StorageClass: "B", Days: 3, New: 2 },
        { StorageClass: "A", New: 1 },
      ],
    },
  ],
  [
    "entries without a name, by what they say, or by their place",
    { Redirects: [{ Host: "b" }, { Host: "c" }] },
    {
      Redirects: [
        { Host: "a", New: 1 },
        { Host: "b", New: 2 },
      ],
    },
    { Redirects: [{ Host: "b", New: 2 }, { Host: "c" }] },
  ],
  [
    "entries with a key",
    { Labels: [{ Key: "k", Value: "b" }] },
    {
      Labels: [
        { Key: "j", Value: "b", New: 1 },
        { Key: "k", Value: "a", New: 2 },
      ],
    },
    { Labels: [{ Key: "k", Value: "b", New: 2 }] },
  ],
  [
    "entries with a name, whose letter case S3 changes",
    { Rules: [{ Name: "prefix", Value: "b" }] },
    {
      Rules: [
        { Name: "Suffix", Value: "b", New: 1 },
        { Name: "Prefix", Value: "a", New: 2 },
      ],
    },
    { Rules: [{ Name: "prefix", Value: "b", New: 2 }] },
  ],
  [
    "a criterion, whatever the others are",
    { Filter: { Prefix: "a" } },
    { Filter: { And: { Prefix: "b", New: 0, Tags: [{ Key: "k", Value: "v" }] } } },
    { Filter: { And: { Prefix: "a", New: 0 } } },
  ],
  ["a criterion where no other is left", {}, { Filter: { And: { Prefix: "b", New: 0 } } }, { Filter: { New: 0 } }],
])("carries over %s", (_what, ours, former, carried) => {
  expect(carryOver(ours, former, FIELDS)).toEqual(carried);
});

test("an entry with an id has nothing of another one, wherever it stands", () => {
  expect(carryOverEach([{ ID: "a" }], [{ ID: "b", New: 0 }], FIELDS)).toEqual([{ ID: "a" }]);
  expect(carryOverEach([{ ID: "a" }], undefined, FIELDS)).toEqual([{ ID: "a" }]);
});
