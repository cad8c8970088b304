import { Readable } from "node:stream";
import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock } from "../../kube/testing/manual-clock.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import { createS3Client, sdkLogger } from "../clients.ts";
import { shareCredentials } from "../credentials.ts";
import { createAwsMetrics } from "../instrument.ts";
import { createRateLimiter } from "../rate-limit.ts";

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

const RULE = "<Rule><ID>a</ID><Status>Enabled</Status><Filter/>";
const GOOD = `<LifecycleConfiguration>${RULE}</Rule></LifecycleConfiguration>`;
const WITH_NEW = `<LifecycleConfiguration>${RULE}<New>x</New></Rule></LifecycleConfiguration>`;
const PAGE = "<html><body>Please log in</body></html>";
const LISTING = "<ListBucketResult><Name>docs</Name><IsTruncated>false</IsTruncated></ListBucketResult>";

/** Answers to a GET that do not come from S3. */
const FOREIGN: Answer[] = [
  { status: 200, body: "" },
  { status: 200, body: PAGE },
  { status: 200, body: LISTING },
  { status: 200, body: "<Other><New>foreign</New></Other>" },
  { status: 200, body: GOOD.slice(0, 60) },
  { status: 404, body: PAGE },
  { status: 404, body: "" },
  { status: 403, body: PAGE },
];

let answer: Answer;
let put: string;
let s3: S3Client;

beforeEach(() => {
  const clock = createManualClock();
  const credentials = shareCredentials(async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret" }), clock);
  const metrics = createAwsMetrics(new Registry());
  const settings = { forcePathStyle: true, userAgent: "test", requestTimeoutMs: 1_000, logger: sdkLogger(undefined) };
  const instruments = { service: "s3", metrics, clock, limiter: createRateLimiter(1_000, clock) } as const;
  s3 = createS3Client(settings, { region: "us-east-1", credentials, instruments });
  put = "";
  s3.config.requestHandler.handle = async (request: { method: string; body?: unknown }) => {
    if (request.method === "PUT") put = String(request.body);
    const { status, body, headers = {} } = request.method === "PUT" ? { status: 200, body: "" } : answer;
    return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } } as never;
  };
});

async function get(given: Answer): Promise<unknown> {
  answer = given;
  return s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "docs" }));
}

/** The body of the next PUT. */
async function written(): Promise<string> {
  const LifecycleConfiguration = { Rules: [{ ID: "a", Status: "Enabled" as const, Filter: {} }] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: "docs", LifecycleConfiguration }));
  return put;
}

describe("remembers no unknown elements from", () => {
  test.each(FOREIGN)("$status $body", async (foreign) => {
    await expect(get(foreign)).rejects.toThrow();
    expect(await written()).not.toMatch(/New|Name|IsTruncated|body/);
    await get({ status: 200, body: WITH_NEW });
    await expect(get(foreign)).rejects.toThrow();
    expect(await written()).toMatch(/^[^N]*<New>x<\/New>[^N]*$/);
  });
});

test("passes on a valid answer unchanged", async () => {
  expect(await get({ status: 200, body: WITH_NEW })).toMatchObject({
    Rules: [{ ID: "a", Status: "Enabled", Filter: {} }],
  });
});

const NOT_THE_ANSWER = "The answer is not the document that was asked for (s3:GetBucketLifecycleConfiguration)";
const HOST = "s3.us-east-1.amazonaws.com";

test.each<[Answer, message: string]>([
  [
    { status: 200, body: PAGE, headers: { "content-type": "text/html; charset=utf-8" } },
    `${NOT_THE_ANSWER}: html in place of LifecycleConfiguration: HTTP status 200, text/html, from ${HOST}: "Please log in"`,
  ],
  [
    { status: 200, body: "", headers: { "x-amz-request-id": "A1" } },
    `${NOT_THE_ANSWER}: nothing in place of LifecycleConfiguration: HTTP status 200, from ${HOST}`,
  ],
  [
    { status: 200, body: GOOD.slice(0, 60), headers: { "content-type": "application/xml" } },
    `${NOT_THE_ANSWER}: a part of LifecycleConfiguration: HTTP status 200, application/xml, from ${HOST}`,
  ],
  [
    { status: 200, body: LISTING },
    "The endpoint does not support this (s3:GetBucketLifecycleConfiguration): it lists the objects of the bucket instead",
  ],
])("reports %j as %s", async (foreign, message) => {
  const error: unknown = await get(foreign).catch((thrown: unknown) => thrown);
  expect(awsFailure(error)?.message).toBe(message);
});
