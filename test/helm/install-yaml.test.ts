import { expect, test } from "vitest";
import { runCommand } from "../controlplane/command.ts";

test("install.yaml, as all generated files, is up to date", async () => {
  const { code, stderr } = await runCommand(process.execPath, ["scripts/generate.ts", "--check"]);
  expect(code, stderr).toBe(0);
});
