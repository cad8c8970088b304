import { expect, test } from "vitest";
import { mutantsOf } from "./mutants.ts";

const SOURCE = `/** Text. */
export function isLong(text: string): boolean {
  log.info({ text }, "Measured");
  return text.length > 3;
}
`;

test("a mutant is the file with one change", async () => {
  const mutants = await mutantsOf("/isLong.ts", SOURCE);
  const changes = mutants.map(({ line, original, replacement }) => [line, original, replacement]);
  expect(changes).toContainEqual([4, "text.length > 3", "text.length >= 3"]);
  expect(changes).toContainEqual([4, "text.length > 3", "false"]);
  const mutant = mutants.find(({ replacement }) => replacement === "text.length >= 3");
  expect(mutant?.text()).toBe(SOURCE.replace("> 3", ">= 3"));
});

test("what is written to the log is left as it is", async () => {
  const lines = (await mutantsOf("/isLong.ts", SOURCE)).map(({ line }) => line);
  expect(lines).not.toContain(3);
});
