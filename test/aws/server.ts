/** Handles one HTTP request: log, hooks, faults, the operation, the answer. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, scopeOf } from "./auth.ts";
import type { Call, CallRecorder } from "./calls.ts";
import { AwsError, notImplemented } from "./errors.ts";
import type { Effect, FaultInjector } from "./faults.ts";
import { readRequest, writeReply, type AwsRequest, type Reply } from "./http.ts";
import { deniedByPolicies, type Denial } from "./policy/access.ts";
import type { Operation, Service } from "./service.ts";
import type { Identity, World } from "./state.ts";

export interface Backend {
  world: World;
  calls: CallRecorder;
  faults: FaultInjector;
  /** The service of a request; undefined if the simulator does not have it. */
  serviceOf(request: AwsRequest): Service | undefined;
  /** Minimum duration of every call. */
  latencyMs(): number;
}

/** Thrown to end the connection without an answer. */
class Dropped extends Error {}

/** Thrown to answer as a proxy in place of AWS. */
class Intercepted extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("Intercepted");
    this.reply = reply;
  }
}

export function requestListener(backend: Backend): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    void handle(backend, incoming, outgoing).catch((error: unknown) => {
      // A client that disconnected is normal. Other errors are bugs of the simulator and must be visible.
      if (!outgoing.destroyed) process.stderr.write(`AWS simulator: ${String(error)}\n`);
      outgoing.destroy();
    });
  };
}

async function handle(backend: Backend, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const received = await readRequest(incoming);
  const request: AwsRequest = { ...received, scope: scopeOf(received) };
  const reply = await answer(backend, request, gone.signal);
  if (reply === undefined) outgoing.destroy();
  else writeReply(outgoing, reply, request.method);
}

/** The reply; undefined to drop the connection. */
async function answer(backend: Backend, request: AwsRequest, gone: AbortSignal): Promise<Reply | undefined> {
  const service = backend.serviceOf(request);
  if (service === undefined) return unknownService(backend, request);
  const requestId = `SIMULATED${String(backend.world.next()).padStart(7, "0")}`;
  const ids = { "x-amz-request-id": requestId, "x-amzn-requestid": requestId };
  const call = backend.calls.begin(unknownCall(backend, request, service.name));
  try {
    const { reply, errorCode } = await attempt(backend, service, request, call, gone).then(
      (success): { reply: Reply; errorCode?: string } => ({ reply: success }),
      (error: unknown) => {
        const awsError = asAwsError(error);
        return { reply: service.renderError(awsError, request, requestId), errorCode: awsError.code };
      },
    );
    backend.calls.end(call, reply.status, errorCode);
    if (await backend.faults.runHooks(call, "after")) throw new Dropped();
    return { ...reply, headers: { ...ids, ...service.headers?.(request), ...reply.headers } };
  } catch (error) {
    if (call.endedAt === undefined) backend.calls.end(call, 0, "ConnectionClosed");
    if (error instanceof Dropped) return undefined;
    if (error instanceof Intercepted) return error.reply;
    throw error;
  }
}

/** Applies the call and the fault switches. Throws an AwsError for every answer that is not a success. */
async function attempt(
  backend: Backend,
  service: Service,
  request: AwsRequest,
  call: Call,
  gone: AbortSignal,
): Promise<Reply> {
  const operation = service.route(request);
  describe(call, operation);
  const caller = authenticated(backend.world, service, request, operation);
  Object.assign(call, { account: caller.accountId, caller: caller.arn });
  if (await backend.faults.runHooks(call, "before")) throw new Dropped();
  await pause(backend.latencyMs(), gone);
  const effects = backend.faults.take(call);
  await beforeApplying(effects, service, operation, caller, gone);
  try {
    const denials = [...deniedBySwitches(effects), ...(await deniedByPolicies(backend.world, operation, caller))];
    const [first] = denials;
    if (first !== undefined && !operation.partial) {
      throw service.denied(caller, first.action, first.resource ?? "*", first.because);
    }
    return await operation.perform(caller, denials);
  } finally {
    await afterApplying(effects, gone);
  }
}

async function beforeApplying(
  effects: Effect[],
  service: Service,
  operation: Operation,
  caller: Identity,
  gone: AbortSignal,
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === "connectionReset") throw new Dropped();
    if (effect.kind === "hang") await untilGone(gone);
    if (effect.kind === "intercept") throw new Intercepted(effect.reply);
    if (effect.kind === "fail") throw service.failure(effect.failure);
    if (effect.kind !== "deny" || operation.partial) continue;
    throw service.denied(caller, effect.action, operation.resourceOf(effect.action, caller));
  }
}

/** Denials for a partial operation: other operations are refused before this. */
function deniedBySwitches(effects: Effect[]): Denial[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "deny") return [];
    const because = `because no identity-based policy allows the ${effect.action} action`;
    return [{ action: effect.action, resource: undefined, because }];
  });
}

async function afterApplying(effects: Effect[], gone: AbortSignal): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === "delay") await pause(effect.ms, gone);
    if (effect.kind === "loseAnswer") throw new Dropped();
  }
}

/** The caller of operations that need no credentials. */
const NOBODY: Identity = { accountId: "", arn: "", credentials: { accessKeyId: "", secretAccessKey: "" } };

function authenticated(world: World, service: Service, request: AwsRequest, operation: Operation): Identity {
  if (operation.unsigned) return NOBODY;
  const identity = identify(world, request);
  if (identity === "missing" && service.takesUnsigned === true) return { ...NOBODY, outside: { type: "Anonymous" } };
  if (typeof identity === "string") throw service.rejection(identity);
  return identity;
}

async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal: gone }).catch(() => {
    throw new Dropped();
  });
}

async function untilGone(gone: AbortSignal): Promise<never> {
  if (!gone.aborted) await new Promise((resolve) => gone.addEventListener("abort", resolve, { once: true }));
  throw new Dropped();
}

function unknownService(backend: Backend, request: AwsRequest): Reply {
  const { service } = request.scope;
  backend.calls.end(backend.calls.begin(unknownCall(backend, request, service)), 501, "NotImplemented");
  return { status: 501, body: `The AWS simulator does not implement the service ${service}.` };
}

function unknownCall(backend: Backend, request: AwsRequest, service: string) {
  return {
    time: backend.world.now(),
    account: "",
    caller: "",
    service,
    region: request.scope.region,
    method: request.method,
    query: request.query.toString(),
    operation: "Unknown",
    action: "",
    actions: [],
    write: request.method !== "GET" && request.method !== "HEAD",
  };
}

function describe(call: Call, { name, actions, write, bucket, key }: Operation): void {
  Object.assign(call, { operation: name, actions, action: actions[0] ?? "", write });
  if (bucket !== undefined) call.bucket = bucket;
  if (key !== undefined) call.key = key;
}

/** Other errors are bugs of the simulator. They must not look like AWS's InternalError, which callers retry. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof Dropped || error instanceof Intercepted) throw error;
  if (error instanceof AwsError) return error;
  return notImplemented(`this request: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
