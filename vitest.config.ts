import { defineConfig } from "vitest/config";

// AWS_CA_BUNDLE makes the SDK insist on TLS options for plain-HTTP endpoints; the simulator speaks plain HTTP.
const env = { AWS_CA_BUNDLE: "", AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "us-east-1" };

export default defineConfig({
  test: {
    env,
    // Each has its simulator and its operator, and all share one control plane: more of them would only wait for it.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Most of them take less time than the loading of what they test. None keeps state in a module but what is keyed by its own objects.
          isolate: false,
          include: ["{operator,scripts}/**/*.test.ts", "test/{aws,controlplane,conformance}/**/*.test.ts"],
          // Property tests take seconds, and several times as many on a machine with other work.
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
    ],
  },
});
