import { expect, test } from "vitest";
import { runCommand } from "../controlplane/command.ts";

test("install.yaml is the chart with its defaults", async () => {
  const { code, stderr } = await runCommand(process.execPath, ["scripts/install-yaml.ts", "--check"]);
  expect(code, stderr).toBe(0);
});
