import { expect, test } from "vitest";
import { createRoleMemory } from "./memory.ts";

test("a look at a role counts for a time, for what was declared then, until it is forgotten", () => {
  let now = 1_000;
  const memory = createRoleMemory(() => now);
  expect(memory.look("key", "hash", 100)).toBeUndefined();
  memory.noteLook("key", "hash", "arn");
  expect(memory.look("key", "hash", 100)).toBe("arn");
  expect(memory.look("key", "other", 100)).toBeUndefined();
  expect(memory.look("other", "hash", 100)).toBeUndefined();
  now += 99;
  expect(memory.look("key", "hash", 100)).toBe("arn");
  now += 1;
  expect(memory.look("key", "hash", 100)).toBeUndefined();
  memory.noteLook("key", "hash", "arn");
  memory.forgetLook("key");
  expect(memory.look("key", "hash", 100)).toBeUndefined();
});

test("the associations of a cluster are those of the last sweep", () => {
  const memory = createRoleMemory(() => 0);
  expect(memory.hasAssociation("cluster", "team/app")).toBe(false);
  memory.noteAssociations("cluster", new Set(["team/app"]));
  expect(memory.hasAssociation("cluster", "team/app")).toBe(true);
  expect(memory.hasAssociation("cluster", "team/other")).toBe(false);
  expect(memory.hasAssociation("other", "team/app")).toBe(false);
  memory.noteAssociations("cluster", new Set());
  expect(memory.hasAssociation("cluster", "team/app")).toBe(false);
});
