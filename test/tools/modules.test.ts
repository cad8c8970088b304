import { expect, test } from "vitest";
import { patchedText } from "./modules.ts";

const patch = { file: "a.go", after: "func f() {", add: "return" };

test("a patch adds a line after the one it names", () => {
  expect(patchedText("a\n\tfunc f() {\nb", patch)).toBe("a\n\tfunc f() {\nreturn\nb");
});

test.each([0, 2])("a patch is refused if the line it names is there %d times", (times) => {
  expect(() => patchedText("func f() {\n".repeat(times), patch)).toThrow(`a.go has ${times} lines 'func f() {'`);
});
