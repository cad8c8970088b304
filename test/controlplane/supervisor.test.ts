import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCommand } from "./command.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";

let parent: string;
let supervisor: Supervisor;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "supervisor-test-"));
  supervisor = await startSupervisor(join(parent, "new"));
});

afterEach(async () => {
  await supervisor.stop();
  await rm(parent, { recursive: true });
});

/** Process IDs of `sleep <seconds>`, where the number identifies the process. */
async function sleepers(seconds: string): Promise<number[]> {
  const { stdout } = await runCommand("ps", ["axww", "-o", "pid=,args="]);
  const lines = stdout.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.endsWith(` sleep ${seconds}`)).map((line) => Number.parseInt(line, 10));
}

/** A number that no concurrent run of this test uses. */
function uniqueSeconds(): string {
  return String(100_000 + Math.floor(Math.random() * 100_000_000));
}

test("a stop ends the processes and removes the folder, and may be repeated", async () => {
  const seconds = uniqueSeconds();
  await supervisor.start({ name: "sleeper", command: "sleep", args: [seconds] });
  expect(await sleepers(seconds)).toHaveLength(1);
  await supervisor.stop();
  await supervisor.stop();
  expect(await sleepers(seconds)).toEqual([]);
  await expect(access(supervisor.directory)).rejects.toThrow("ENOENT");
});

test("a stopped (SIGSTOP) process is ended too", async () => {
  const seconds = uniqueSeconds();
  await supervisor.start({ name: "sleeper", command: "sleep", args: [seconds] });
  supervisor.signal("sleeper", "SIGSTOP");
  await supervisor.stop();
  expect(await sleepers(seconds)).toEqual([]);
});

test("a second start with the same name replaces the first process, which is not reported as ended", async () => {
  const [first, second] = [uniqueSeconds(), uniqueSeconds()];
  await supervisor.start({ name: "sleeper", command: "sleep", args: [first] });
  await supervisor.start({ name: "sleeper", command: "sleep", args: [second] });
  expect(await sleepers(first)).toEqual([]);
  expect(await sleepers(second)).toHaveLength(1);
  expect(await supervisor.endOf("sleeper")).toBeUndefined();
});

test("a process that ends is reported with its exit code and the end of its log", async () => {
  const heard: string[] = [];
  supervisor.onEnd((name) => heard.push(name));
  await supervisor.start({ name: "server", command: "sh", args: ["-c", "echo no port left >&2; exit 3"] });
  await vi.waitFor(() => expect(heard).toEqual(["server"]), 5000);
  expect(await supervisor.endOf("server")).toBe("server ended (exit code 3):\nno port left");
  expect(() => supervisor.signal("server", "SIGSTOP")).toThrow("server is not running");
});

test("a command that does not exist is an error", async () => {
  const start = supervisor.start({ name: "nothing", command: "/no/such/command", args: [] });
  await expect(start).rejects.toThrow(/ENOENT/);
});

test("after the supervisor is killed, no process and no folder is left", async () => {
  const seconds = uniqueSeconds();
  await supervisor.start({ name: "sleeper", command: "sleep", args: [seconds] });
  const [sleeper] = await sleepers(seconds);
  const { stdout } = await runCommand("ps", ["-o", "ppid=", "-p", String(sleeper)]);
  process.kill(Number(stdout), "SIGKILL");
  await vi.waitFor(async () => expect(await sleepers(seconds)).toEqual([]), 5000);
  await vi.waitFor(() => expect(access(supervisor.directory)).rejects.toThrow("ENOENT"), 5000);
  expect(await supervisor.endOf("sleeper")).toContain("supervisor");
});

test("the error names a folder that cannot be written", async () => {
  await expect(startSupervisor("/dev/null/here")).rejects.toThrow(/\/dev\/null/);
});
