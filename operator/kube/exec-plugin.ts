/** Runs a credential plugin, one process at a time, and keeps what it returns until it expires or is rejected. */

import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { deadline, type Clock } from "../clock.ts";
import { KubeError, NO_CREDENTIALS } from "./errors.ts";
import type { PluginConfig } from "./exec-plugin-config.ts";

export interface PluginCredentials {
  token?: string;
  /** PEM, both or none. */
  cert?: string;
  key?: string;
}

export interface ExecPlugin {
  /** Concurrent callers share one run. A failure is not kept. @throws KubeError without output of the plugin */
  credentials(): Promise<PluginCredentials>;
  /** The API server answered 401: the next call runs the plugin, unless that has happened since. */
  reject(credentials: PluginCredentials): void;
  /** Kills a running plugin. */
  close(): void;
}

/** Kills a plugin that hangs, for example because it waits for input. The call that waits gives up before. */
const LIMIT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

export function createExecPlugin(config: PluginConfig, clock: Clock): ExecPlugin {
  let current: { credentials: PluginCredentials; expiresAt: number } | undefined;
  let running: Promise<PluginCredentials> | undefined;
  const closed = new AbortController();

  async function run(): Promise<PluginCredentials> {
    using limit = deadline(clock, LIMIT_MS, closed.signal);
    try {
      current = credentialsOf(config, await outputOf(config, limit.signal));
      return current.credentials;
    } finally {
      running = undefined;
    }
  }

  return {
    credentials: () => {
      if (current !== undefined && clock.now() < current.expiresAt) return Promise.resolve(current.credentials);
      return (running ??= run());
    },
    reject: (credentials) => {
      if (current?.credentials === credentials) current = undefined;
    },
    close: () => closed.abort(),
  };
}

/** The plugin's standard output. It runs in a process group of its own, to be killed with its children. */
async function outputOf(config: PluginConfig, signal: AbortSignal): Promise<string> {
  const { command, args, env } = config;
  if (signal.aborted) throw failure(config, "was not started, because the operator ends");
  const child = spawn(command, args, {
    env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(config)) },
    // Standard error may contain secrets.
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  };
  process.once("exit", kill);
  signal.addEventListener("abort", kill);
  try {
    const ended = Promise.withResolvers<number | string>();
    child.once("error", (error) => ended.resolve("code" in error ? String(error.code) : error.name));
    child.once("exit", (code, killedBy) => ended.resolve(killedBy ?? code ?? 0));
    const [end, output] = await Promise.all([ended.promise, read(child.stdout, kill)]);
    if (signal.aborted) throw failure(config, `was killed: it did not end within ${LIMIT_MS / 1000} s`);
    if (end !== 0) throw failure(config, typeof end === "number" ? `ended with exit code ${end}` : `failed: ${end}`);
    return output;
  } finally {
    process.off("exit", kill);
    signal.removeEventListener("abort", kill);
  }
}

async function read(stream: Readable, kill: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT_BYTES) kill();
    else chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function execInfo({ apiVersion, cluster }: PluginConfig): object {
  return { apiVersion, kind: "ExecCredential", spec: { interactive: false, ...(cluster && { cluster }) } };
}

interface ExecCredential {
  kind?: string;
  apiVersion?: string;
  status?: {
    token?: string;
    clientCertificateData?: string;
    clientKeyData?: string;
    expirationTimestamp?: string;
  } | null;
}

function credentialsOf(config: PluginConfig, output: string) {
  const { kind, apiVersion, status } = parse(output) ?? {};
  if (kind !== "ExecCredential" || apiVersion !== config.apiVersion || !status)
    throw failure(config, `did not print an ExecCredential of ${config.apiVersion} with a status`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if ((!token && !cert) || Boolean(cert) !== Boolean(key))
    throw failure(config, "printed neither a token nor a client certificate with its key");
  const expiresAt = expirationTimestamp === undefined ? Infinity : Date.parse(expirationTimestamp);
  if (Number.isNaN(expiresAt)) throw failure(config, "printed an expirationTimestamp that is not a time");
  return { credentials: { ...(token && { token }), ...(cert && key && { cert, key }) }, expiresAt };
}

function parse(output: string): ExecCredential | undefined {
  try {
    const parsed: unknown = JSON.parse(output);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Without arguments, environment and output, which may contain secrets. */
function failure({ command }: PluginConfig, problem: string): KubeError {
  return new KubeError("authenticate", 0, NO_CREDENTIALS, `the credential plugin ${basename(command)} ${problem}`);
}
