import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createAwsMetrics } from "./instrument.ts";
import { SERVICES } from "./service.ts";

test("throttles of every service start at 0", async () => {
  const registry = new Registry();
  createAwsMetrics(registry);
  const lines = (await registry.metrics()).split("\n").filter((line) => line.includes("throttles_total{"));
  expect(lines).toEqual(SERVICES.map((service) => `s3_operator_aws_throttles_total{service="${service}"} 0`));
});
