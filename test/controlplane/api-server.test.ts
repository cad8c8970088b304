import { expect, test } from "vitest";
import { onFreePort } from "./api-server.ts";

const taken = new Error("kube-apiserver ended (exit code 1):\nlisten tcp 127.0.0.1:1: bind: address already in use");

test("another port is tried when the chosen one is taken", async () => {
  const ports: number[] = [];
  const port = await onFreePort(async (port) => {
    ports.push(port);
    if (ports.length < 3) throw taken;
    return port;
  });
  expect(ports).toHaveLength(3);
  expect(port).toBe(ports[2]);
});

test("the search for a port ends after some attempts", async () => {
  let attempts = 0;
  const start = () => Promise.reject(attempts++ < 100 ? taken : new Error("too many attempts"));
  await expect(onFreePort(start)).rejects.toThrow("address already in use");
  expect(attempts).toBe(5);
});

test("no other failure causes another attempt", async () => {
  let attempts = 0;
  const start = () => Promise.reject(new Error(`unknown flag, attempt ${++attempts}`));
  await expect(onFreePort(start)).rejects.toThrow("unknown flag, attempt 1");
});
