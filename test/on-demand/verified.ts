import type { Reporter, TestModule } from "vitest/node";

/**
 * The reporter of the commands that run other people's software: its last line counts what was verified. A skipped test
 * verifies nothing, and fails the command.
 */
export default function createReporter(): Reporter {
  const started = Date.now();
  let testsStarted: number | undefined;
  return {
    onTestModuleStart() {
      testsStarted ??= Date.now();
    },
    onTestRunEnd(modules: readonly TestModule[]) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const count = (state: string) => tests.filter((test) => test.result().state === state).length;
      const from = testsStarted ?? started;
      const counts = `${count("passed")} verified, ${count("failed")} failed, ${count("skipped")} skipped`;
      const times = `${seconds(Date.now() - from)} after ${seconds(from - started)} of preparation`;
      if (count("skipped") > 0) process.exitCode = 1;
      process.stdout.write(`${modules[0]?.project.name ?? "No tests"}: ${counts}, ${times}\n`);
    },
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
