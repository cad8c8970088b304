import { defineConfig, type TestProjectConfiguration } from "vitest/config";

// AWS_CA_BUNDLE makes the SDK insist on TLS options for plain-HTTP endpoints; the simulator speaks plain HTTP.
const env = { AWS_CA_BUNDLE: "", AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "us-east-1" };

/** Other people's software, by a command of its own: `make clients`. */
function onDemand(name: string, globalSetup = ["test/integration/global-setup.ts"]): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: [`test/${name}/global-setup.ts`, ...globalSetup],
      // Each test starts many processes, or waits for intervals of other programs.
      testTimeout: 180_000,
      hookTimeout: 180_000,
    },
  };
}

export default defineConfig({
  test: {
    env,
    // All workers share one control plane, which more workers would only overload.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Most tests run faster than their modules load. No module keeps state that tests share.
          isolate: false,
          include: [
            "{operator,scripts}/**/*.test.ts",
            "test/{aws,controlplane,conformance,corpus,mutants}/**/*.test.ts",
          ],
          // Property tests take seconds, and several times as long on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "chart",
          include: ["test/{helm,judges,tools}/**/*.test.ts"],
          globalSetup: ["test/tools/global-setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/tools/global-setup.ts", "test/integration/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...["clients", "second-aws", "browser"].map((name) => onDemand(name)),
      // Each test file has a control plane of its own.
      onDemand("gitops", []),
    ],
  },
});
