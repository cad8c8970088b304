/** The parts of `make e2e` that need no container engine. The steps themselves need one. */
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { startSimulator } from "../../aws/index.ts";
import { runCommand } from "../../controlplane/command.ts";
import { findTool } from "../../tools/index.ts";
import { startNode } from "../support/process/process.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { createWorld } from "../support/world/world.ts";

interface Values {
  account: { id: string };
  extraEnv: { name: string; value: string }[];
}

test("without a container engine, make e2e reports it and fails", async () => {
  await using e2e = startNode("test/e2e/main.ts", [], { environment: { PATH: "/nonexistent" } });
  expect(await e2e.exited).toEqual({ code: 2, signal: null });
  expect(e2e.output()).toContain(
    "Nothing was tested. Missing on this machine: a container engine that runs (docker); kind;",
  );
});

test("the chart accepts the values, and the simulator their credentials", async () => {
  const file = "test/e2e/values.yaml";
  const rendered = await runCommand(await findTool("helm4"), ["template", "charts/s3-operator", "--values", file]);
  expect(rendered, rendered.stderr).toMatchObject({ code: 0 });
  expect(rendered.stdout).toContain("image: s3-operator:e2e");
  const { account, extraEnv } = load(readFileSync(file, "utf8")) as Values;
  const simulator = await startSimulator();
  const { accessKeyId, secretAccessKey } = simulator.account(account.id).credentials;
  await simulator.stop();
  expect(Object.fromEntries(extraEnv.map(({ name, value }) => [name, value]))).toMatchObject({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
});

test("the API server knows every field of the simulator's manifests", async () => {
  await using world = await createWorld();
  const apply = ["--dry-run=client", "--validate=strict", "-f", "test/e2e/simulator.yaml"];
  expect(await kubectl(world, "--namespace=", "apply", ...apply)).toMatchObject({ code: 0, stderr: "" });
});

test("the simulator runs as a single file", async () => {
  await using simulator = startNode("test/e2e/simulator.ts", [], { environment: { PORT: "0" } });
  const port = () => /^AWS simulator: port (\d+)$/m.exec(simulator.output())?.[1];
  await expect.poll(port, { timeout: 20_000 }).toBeDefined();
  const { status } = await fetch(`http://127.0.0.1:${port()}/`);
  expect(status, "an unsigned request is refused").toBe(403);
});
