import { ListKeysCommand } from "@aws-sdk/client-kms";
import { GetBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand } from "@aws-sdk/client-s3-control";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createManualClock } from "../kube/testing/manual-clock.ts";
import { createKmsClient, createS3Client, createS3ControlClient, sdkLogger, type ClientPurpose } from "./clients.ts";
import { shareCredentials } from "./credentials.ts";
import { createAwsMetrics } from "./instrument.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { nothingSet } from "./testing/endpoint.ts";

const settings = {
  forcePathStyle: false,
  userAgent: "s3-operator",
  requestTimeoutMs: 1000,
  logger: sdkLogger(undefined),
};

function purpose(region: string, limiter: Partial<RateLimiter> = {}): ClientPurpose {
  const clock = createManualClock();
  return {
    region,
    credentials: shareCredentials(async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret" }), clock),
    instruments: {
      service: "s3",
      metrics: createAwsMetrics(new Registry()),
      clock,
      limiter: {
        acquire: async () => {},
        throttled: () => {},
        configure: () => {},
        rate: () => 1,
        ...limiter,
      },
    },
  };
}

interface Sent {
  protocol: string;
  hostname: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

type Sender = {
  config: { requestHandler: { handle: unknown } };
  middlewareStack: { add: unknown };
};

/** Records each request before it reaches the network. */
function intercept(client: Sender, status = 200, more: Record<string, string> = {}): Sent[] {
  const sent: Sent[] = [];
  client.config.requestHandler.handle = async (request: Sent) => {
    sent.push(request);
    const headers = { "x-amz-request-id": "4442587FB7D0A2F9", ...more };
    return { response: { statusCode: status, headers, body: status === 200 ? bodyFor(request) : undefined } };
  };
  return sent;
}

function bodyFor({ path, query }: Sent): Uint8Array {
  const answer = nothingSet({ path: `${path}?${Object.keys(query).join("&")}` });
  return new TextEncoder().encode(typeof answer === "object" ? answer.body : "");
}

beforeEach(() => {
  for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_S3_CONTROL"])
    vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("endpoints", () => {
  test.each([
    ["eu-central-1", "docs.s3.eu-central-1.amazonaws.com", "111122223333.s3-control.eu-central-1.amazonaws.com"],
    ["cn-north-1", "docs.s3.cn-north-1.amazonaws.com.cn", "111122223333.s3-control.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "docs.s3.eusc-de-east-1.amazonaws.eu", "111122223333.s3-control.eusc-de-east-1.amazonaws.eu"],
  ])("in %s are those of AWS", async (region, s3Host, s3ControlHost) => {
    const s3 = createS3Client(settings, purpose(region));
    const s3Control = createS3ControlClient(settings, purpose(region));
    const sent = [intercept(s3), intercept(s3Control)];
    await s3.send(new GetBucketVersioningCommand({ Bucket: "docs" }));
    await s3Control.send(new GetPublicAccessBlockCommand({ AccountId: "111122223333" }));
    expect(sent.flat().map(({ hostname }) => hostname)).toEqual([s3Host, s3ControlHost]);
  });

  test.each([
    ["AWS_ENDPOINT_URL", "http://127.0.0.1:9000", "127.0.0.1"],
    ["AWS_ENDPOINT_URL_S3_CONTROL", "https://minio.example.com", "minio.example.com"],
  ])("%s=%s: S3 Control uses it without the account in front of the host", async (variable, url, hostname) => {
    vi.stubEnv(variable, url);
    const client = createS3ControlClient(settings, purpose("eu-central-1"));
    const sent = intercept(client);
    await client.send(new GetPublicAccessBlockCommand({ AccountId: "111122223333" }));
    expect(sent[0]).toMatchObject({ protocol: new URL(url).protocol, hostname });
    expect(sent[0]?.headers["authorization"]).toContain("/eu-central-1/s3/aws4_request");
  });
});

describe("every attempt", () => {
  test("waits for the rate limit, with the call's signal", async () => {
    const order: string[] = [];
    const acquire = vi.fn(async () => void order.push("acquire"));
    const client = createS3Client(settings, purpose("eu-central-1", { acquire }));
    const { signal } = new AbortController();
    const sent = intercept(client);
    await client.send(new GetBucketVersioningCommand({ Bucket: "docs" }), { abortSignal: signal });
    expect(acquire).toHaveBeenCalledExactlyOnceWith(signal);
    expect(sent).toHaveLength(1);
  });

  test("slows down the limiter only if it is throttled", async () => {
    const throttled = vi.fn();
    const client = createS3Client(settings, purpose("eu-central-1", { throttled }));
    for (const [status, times] of [
      [403, 0],
      [400, 0],
      [503, 3],
    ] as const) {
      intercept(client, status);
      await expect(client.send(new GetBucketVersioningCommand({ Bucket: "docs" }))).rejects.toThrow();
      expect(throttled).toHaveBeenCalledTimes(times);
    }
  });

  test.each([
    [503, "retry-after", "3600"],
    [429, "retry-after", "3600"],
    [503, "retry-after", "Fri, 31 Dec 2038 23:59:59 GMT"],
    [500, "x-amz-retry-after", "3600000"],
  ])("waits only seconds after a %i with %s: %s", async (status, name, value) => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    try {
      for (const client of [
        createS3Client(settings, purpose("eu-central-1")),
        createKmsClient(settings, purpose("eu-central-1")),
      ]) {
        const sent = intercept(client, status, { [name]: value });
        const call =
          client instanceof S3Client
            ? client.send(new GetBucketVersioningCommand({ Bucket: "docs" }))
            : client.send(new ListKeysCommand());
        const failed = expect(call).rejects.toThrow();
        await vi.advanceTimersByTimeAsync(20_000);
        expect(sent).toHaveLength(3);
        await failed;
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test("rejects at once when aborted, even while credentials are fetched", async () => {
    const asked = Promise.withResolvers<void>();
    const never = new Promise<never>(() => {});
    const credentials = shareCredentials(() => {
      asked.resolve();
      return never;
    }, createManualClock());
    const client = createS3Client(settings, { ...purpose("eu-central-1"), credentials });
    const stop = new AbortController();
    const call = client.send(new GetBucketVersioningCommand({ Bucket: "docs" }), { abortSignal: stop.signal });
    await asked.promise;
    stop.abort("shutdown");
    await expect(call).rejects.toMatchObject({ name: "AbortError", cause: "shutdown" });
  });
});

test("logs warnings of the SDK, but not its requests", () => {
  const warn = vi.fn();
  const logger = sdkLogger({ warn });
  logger.info({ input: { secret: "s" } });
  logger.error({ input: { secret: "s" } });
  logger.debug("d");
  logger.warn("socket usage at capacity", 50);
  expect(warn).toHaveBeenCalledExactlyOnceWith({ detail: "socket usage at capacity 50" }, "AWS SDK warned");
});
