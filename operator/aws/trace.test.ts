import { GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordSpans, type SpanRecorder } from "../testing/spans.ts";
import { createAws, type Aws } from "./session.ts";
import { callerIdentity, s3Error, startEndpoint, type Answer, type Endpoint } from "./testing/endpoint.ts";

const ACCOUNT = "111122223333";
const PLANTED = "planted";
const put = new PutBucketPolicyCommand({ Bucket: "documents", Policy: `{"Sid":"${PLANTED}"}` });

let endpoint: Endpoint;
let aws: Aws;
let recorder: SpanRecorder;

beforeEach(async () => {
  recorder = recordSpans();
  endpoint = await startEndpoint();
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAOWN");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", PLANTED);
  aws = createAws({ forcePathStyle: true });
});

afterEach(async () => {
  aws.destroy();
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
  recorder[Symbol.dispose]();
});

/** S3 in an account that STS knows. The n-th request gets the n-th answer. */
async function s3(...answers: Answer[]) {
  endpoint.answer = ({ body }) =>
    body.includes("Action=GetCallerIdentity")
      ? callerIdentity(ACCOUNT, `arn:aws:iam::${ACCOUNT}:user/s3`)
      : (answers.shift() ?? { status: 500 });
  const session = await aws.session({ accountId: ACCOUNT, region: "eu-central-1" });
  return session.s3("eu-central-1");
}

const spanOf = (name: string) => recorder.spans().find((span) => span.name === name);

test("has one span for each call, with the number of retries", async () => {
  const client = await s3(s3Error(503, "SlowDown"), { status: 204, headers: { "x-amz-request-id": "R1" } });
  await client.send(put);
  expect(recorder.spans().map(({ name }) => name)).toEqual(["sts.GetCallerIdentity", "s3.PutBucketPolicy"]);
  const span = spanOf("s3.PutBucketPolicy");
  expect(span?.kind).toBe(SpanKind.CLIENT);
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.attributes).toEqual({
    "rpc.system": "aws-api",
    "rpc.service": "s3",
    "rpc.method": "PutBucketPolicy",
    "http.response.status_code": 204,
    "http.request.resend_count": 1,
    "aws.request_id": "R1",
  });
});

test("marks a failed call with the kind of its error, without the message", async () => {
  const client = await s3(s3Error(400, "MalformedPolicy", `Unknown field ${PLANTED}`));
  await expect(client.send(put)).rejects.toThrow(PLANTED);
  const span = spanOf("s3.PutBucketPolicy");
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "Invalid" });
  expect(span?.attributes).toMatchObject({ "error.type": "Invalid", "http.response.status_code": 400 });
  expect(span?.events).toEqual([]);
});

test("does not mark a configuration that is not set as a failure", async () => {
  const client = await s3(s3Error(404, "NoSuchBucketPolicy"));
  await expect(client.send(new GetBucketPolicyCommand({ Bucket: "documents" }))).rejects.toThrow();
  const span = spanOf("s3.GetBucketPolicy");
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.attributes["http.response.status_code"]).toBe(404);
});

test("ends the span of a call that was never sent", async () => {
  const client = await s3();
  await expect(client.send(put, { abortSignal: AbortSignal.abort() })).rejects.toThrow();
  expect(spanOf("s3.PutBucketPolicy")?.status).toEqual({ code: SpanStatusCode.ERROR, message: "Aborted" });
});

test("has no name, document or key in any span", async () => {
  const client = await s3({ status: 204 });
  await client.send(put);
  const all = JSON.stringify(recorder.spans().map(({ name, attributes, events }) => [name, attributes, events]));
  expect(all).not.toMatch(/documents|planted|AKIAOWN/);
});
