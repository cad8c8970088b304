import { expect, onTestFinished } from "vitest";
import { createKubeClient } from "../client.ts";
import type { ObjectKey } from "../object.ts";
import { createReflector, type OnChange, type Reflector, type ReflectorOptions } from "../reflector.ts";
import { eventually } from "./eventually.ts";
import { createTestLog } from "./log.ts";
import { createManualClock, settle } from "./manual-clock.ts";
import { startMisbehavingServer } from "./misbehaving-server.ts";
import { testMetrics, widget, WIDGETS, type Widget } from "./objects.ts";

/** A reflector of Widgets on a manual clock, and an API server that misbehaves. Both stop at the end of the test. */
export async function reflectorHarness() {
  const server = await startMisbehavingServer();
  const clock = createManualClock();
  const testLog = createTestLog();
  const client = createKubeClient(server.kubeConfig, { userAgent: "test", clock, metrics: testMetrics() });
  const stop = new AbortController();
  /** Changes reported, as "type name". */
  const reported: string[] = [];
  const report: OnChange<Widget> = (type, object) => void reported.push(`${type} ${object.metadata.name}`);
  let reflector: Reflector<Widget>;
  let running: Promise<void> | undefined;

  onTestFinished(async () => {
    stop.abort();
    await running;
    await client.close();
    await server.close();
  });

  const failures = () => testLog.lines.filter(({ msg }) => msg === "Watch failed, trying again").length;

  function start(options: Partial<ReflectorOptions<Widget>> = {}): Reflector<Widget> {
    reflector = createReflector<Widget>({
      client,
      resource: WIDGETS,
      onChange: report,
      clock,
      random: () => 0,
      log: testLog.log,
      metrics: testMetrics(),
      ...options,
    });
    running = reflector.run(stop.signal);
    return reflector;
  }

  /** Resolves once the reflector has failed `count` times and waits for its next try. */
  async function failed(count: number) {
    await eventually(() => expect(failures()).toBe(count));
    await settle();
  }

  /** Advances the clock while the server ends each watch after 30 s. */
  async function quietFor(ms: number) {
    for (let left = ms; left > 0; left -= 30_000) {
      await clock.advance(Math.min(30_000, left));
      const before = server.watches().length;
      if (left >= 30_000) server.endWatches();
      if (left >= 30_000) await eventually(() => expect(server.watches().length).toBeGreaterThan(before));
    }
  }

  return {
    server,
    clock,
    quietFor,
    testLog,
    stop,
    reported,
    start,
    /** Resolves when the reflector has stopped. */
    stopped: () => running,
    failures,
    failed,
    watching: (count = 1) => eventually(() => expect(server.openWatches()).toBe(count)),
    /** Names of the objects in the store. */
    names: () => reflector.store.list().map(({ metadata }) => metadata.name),
    get: (key: ObjectKey) => reflector.store.get(key),
    /** Creates an object at the server. */
    add: (name: string, metadata: Partial<Widget["metadata"]> = {}) => server.change("ADDED", widget(name, metadata)),
  };
}

export type ReflectorHarness = Awaited<ReturnType<typeof reflectorHarness>>;
