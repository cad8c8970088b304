/** Checks whether the control plane answers, without a client. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Much more than the 4 seconds of an idle machine, as test machines can be very busy. */
const deadlineMs = 120_000;

/** Waits until `ready` is true. Each time, it calls `failure` first and throws its result, if any. */
export async function waitUntil(
  what: string,
  ready: () => Promise<boolean>,
  failure: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const reason = await failure();
    if (reason !== undefined) throw new Error(reason);
    if (await ready()) return;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
    await sleep(50);
  }
}

/** Whether a GET of this path is answered with 200. False also without an answer. */
export async function answersOk(url: string, token: string, certificateAuthority: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ca: certificateAuthority, headers: { authorization: `Bearer ${token}` }, timeout: 5000 };
    const request = get(url, { ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy()).on("error", () => resolve(false));
  });
}

/** The CA that kube-apiserver created: the last certificate of its file; "" while there is none. */
export async function authorityIn(servingCertificate: string): Promise<string> {
  const pem = await readFile(servingCertificate, "utf8").catch(() => "");
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n$/.exec(pem)?.[0] ?? "";
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port");
  return address.port;
}
