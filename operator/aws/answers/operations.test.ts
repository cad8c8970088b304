import { globSync, readFileSync } from "node:fs";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as s3Control from "@aws-sdk/client-s3-control";
import * as sts from "@aws-sdk/client-sts";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../clock.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import {
  createEksClient,
  createIamClient,
  createKmsClient,
  createS3Client,
  createS3ControlClient,
  createStsClient,
  sdkLogger,
} from "../clients.ts";
import { shareCredentials } from "../credentials.ts";
import { awsErrorKind, isAbsent, isExpiredCredentials, isNoSuchBucket } from "../errors.ts";
import { createAwsMetrics } from "../instrument.ts";
import { createRateLimiter } from "../rate-limit.ts";
import type { Service } from "../service.ts";
import {
  jsonError,
  queryError,
  s3ControlError,
  s3Error,
  startEndpoint,
  type Answer,
  type Endpoint,
} from "../testing/endpoint.ts";

/* Every operation that the operator calls, against what answers that is not AWS. */

const SERVICES = {
  "client-eks": { service: "eks", module: eks, create: createEksClient },
  "client-iam": { service: "iam", module: iam, create: createIamClient },
  "client-kms": { service: "kms", module: kms, create: createKmsClient },
  "client-s3": { service: "s3", module: s3, create: createS3Client },
  "client-s3-control": { service: "s3-control", module: s3Control, create: createS3ControlClient },
  "client-sts": { service: "sts", module: sts, create: createStsClient },
} as const;

interface Operation {
  /** "client-s3" */
  client: keyof typeof SERVICES;
  /** "GetBucketPolicy" */
  name: string;
}

/** The commands that the operator's source imports, and the one that the SDK's credential provider calls. */
const IMPORTED = globSync("operator/**/*.ts")
  .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
  .flatMap((file) => importsOf(readFileSync(file, "utf8")));
const ASSUME_ROLE: Operation = { client: "client-sts", name: "AssumeRole" };
const OPERATIONS = [
  ...new Map(
    [...IMPORTED, ASSUME_ROLE].map((operation) => [`${operation.client}.${operation.name}`, operation]),
  ).values(),
].sort((a, b) => (a.name < b.name ? -1 : 1));

function importsOf(source: string): Operation[] {
  return [...source.matchAll(/import \{([^}]*)\} from "@aws-sdk\/(client-[a-z0-9-]+)"/g)].flatMap(
    ([, names = "", client = ""]) =>
      [...names.matchAll(/(?<!\bas )\b(\w+)Command\b/g)].map(([, name = ""]) => ({
        client: client as Operation["client"],
        name,
      })),
  );
}

/** All parameters for paths; an operation uses those that it has. */
const INPUT = {
  AccountId: "111122223333",
  Bucket: "docs",
  Id: "all",
  Key: "a",
  ResourceArn: "arn:aws:s3:::docs",
  Tags: [],
  TagKeys: ["a"],
  UploadId: "u",
  associationId: "a-1",
  clusterName: "prod",
  Delete: { Objects: [{ Key: "a" }] },
};

/** According to the API reference of each operation. */
function hasDocument({ client, name }: Operation): boolean {
  if (name.startsWith("Head")) return false;
  switch (SERVICES[client].service) {
    case "s3":
    case "s3-control":
      return /^(?:Get|List)|^DeleteObjects$/.test(name);
    case "kms":
      return /^(?:Get|List|Describe|CreateKey$|ScheduleKeyDeletion$|CancelKeyDeletion$)/.test(name);
    default:
      return true;
  }
}

const HTML = "<!DOCTYPE html><html><head><title>no</title></head><body><p>Please log in</p></body></html>";
const BROKEN_HTML = "<html><head><meta charset=utf-8></head><body><p>no<br></body></html>";
const LISTING =
  '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>docs</Name><IsTruncated>false</IsTruncated></ListBucketResult>';

function page(status: number, body = HTML): Answer {
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

let endpoint: Endpoint;
let clients: Record<string, { send: (command: unknown) => Promise<unknown>; destroy: () => void }>;

beforeAll(async () => {
  endpoint = await startEndpoint();
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  const settings = { forcePathStyle: true, userAgent: "test", requestTimeoutMs: 5_000, logger: sdkLogger(undefined) };
  const metrics = createAwsMetrics(new Registry());
  const credentials = shareCredentials(async () => ({ accessKeyId: "AKIA", secretAccessKey: "s" }), systemClock);
  const purposeOf = (service: Service) => ({
    region: "us-east-1",
    credentials,
    instruments: { service, metrics, clock: systemClock, limiter: createRateLimiter(10_000, systemClock) },
  });
  clients = Object.fromEntries(
    Object.entries(SERVICES).map(([name, { service, create }]) => [
      name,
      create(settings, purposeOf(service)) as never,
    ]),
  );
});

afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});

async function call({ client, name }: Operation): Promise<unknown> {
  const commands = SERVICES[client].module as unknown as Record<string, new (input: object) => unknown>;
  const Command = commands[`${name}Command`];
  if (Command === undefined) throw new Error(`${client} has no ${name}`);
  return clients[client]?.send(new Command(INPUT));
}

/** Words of the SDK for programmers, and of JavaScript's parsers. */
const OF_THE_SDK =
  /deserial|pars(?:e|ing)|JSON at|not valid JSON|unexpected|hidden field|\$response|@aws-sdk|@smithy|UnknownError|SyntaxError|undefined/i;

/** The outcome of each operation if all get this answer. Each message names the operation, and has the parts `says`. */
async function outcomes(
  answer: Answer,
  operations = OPERATIONS,
  says: readonly string[] = [],
): Promise<Record<string, string>> {
  endpoint.answer = () => answer;
  const settled = await Promise.all(
    operations.map(async (operation): Promise<[string, string]> => [
      `${operation.client}.${operation.name}`,
      await call(operation).then(
        () => "answered",
        (error: unknown) => {
          expect(isAbsent(error)).toBe(false);
          expect(isNoSuchBucket(error)).toBe(false);
          expect(isExpiredCredentials(error)).toBe(false);
          const { message } = awsFailure(error) ?? { message: String(error) };
          expect(message).not.toMatch(OF_THE_SDK);
          expect(message).toContain(
            `(${SERVICES[operation.client].service.replace("-control", "")}:${operation.name})`,
          );
          for (const part of says) expect(message).toContain(part);
          return awsErrorKind(error) ?? String(error);
        },
      ),
    ]),
  );
  return Object.fromEntries(settled);
}

function all(kind: string, operations = OPERATIONS): Record<string, string> {
  return Object.fromEntries(operations.map(({ client, name }) => [`${client}.${name}`, kind]));
}

const DOCUMENTS = OPERATIONS.filter(hasDocument);
const WITH_BODY = OPERATIONS.filter(({ name }) => !name.startsWith("Head"));

test("finds all operations", () => {
  expect(OPERATIONS.length).toBeGreaterThan(80);
  expect(OPERATIONS).toContainEqual({ client: "client-s3", name: "GetBucketPolicy" });
  expect(new Set(OPERATIONS.map(({ client }) => client))).toEqual(new Set(Object.keys(SERVICES)));
});

describe("does not take the answer of a proxy for one of AWS", () => {
  test.each([301, 400, 401, 403, 404, 405, 407, 409, 501, 502, 503])("%i html", async (status) => {
    const says = [`HTTP status ${status}, text/html, from 127.0.0.1`];
    const heads = OPERATIONS.filter(({ name }) => name.startsWith("Head"));
    expect(await outcomes(page(status), WITH_BODY, [`${says[0]}: "no Please log in"`])).toEqual(
      all("Unavailable", WITH_BODY),
    );
    expect(await outcomes(page(status, BROKEN_HTML), WITH_BODY, [`${says[0]}: "no"`])).toEqual(
      all("Unavailable", WITH_BODY),
    );
    expect(await outcomes(page(status), heads, says)).toEqual(all("Unavailable", heads));
  });

  test.each([400, 403, 500])("%i in the protocol of another service", async (status) => {
    const xml = s3Error(status, "Denied", "no");
    const ofJson = OPERATIONS.filter(({ client }) => /kms|eks/.test(client));
    expect(await outcomes(xml, ofJson, [`HTTP status ${status}, application/xml, from 127.0.0.1: "Denied no`])).toEqual(
      all("Unavailable", ofJson),
    );
    const json = jsonError(status, "Denied", "no");
    const ofXml = WITH_BODY.filter(({ client }) => !/kms|eks/.test(client));
    const says = [`HTTP status ${status}, application/x-amz-json-1.1, from 127.0.0.1: "{'__type':'Denied'`];
    expect(await outcomes(json, ofXml, says)).toEqual(all("Unavailable", ofXml));
  });

  test("429 html is not throttling by AWS", async () => {
    const operations = OPERATIONS.filter(({ name }) =>
      /^(?:HeadBucket|GetBucketPolicy|GetRole|DescribeKey)$/.test(name),
    );
    expect(await outcomes(page(429), operations)).toEqual(all("Unavailable", operations));
  });

  test.each([403, 404])("%i in plain text, in JSON, and without a body", async (status) => {
    const json = { status, headers: { "content-type": "application/json" }, body: `{"code":${status},"message":"no"}` };
    for (const answer of [json, { status }, { status, body: `${status} page not found` }]) {
      expect(await outcomes(answer, OPERATIONS, [`HTTP status ${status}`, " from 127.0.0.1"])).toEqual(
        all("Unavailable"),
      );
    }
  });

  test("200 html", async () => {
    for (const body of [HTML, BROKEN_HTML]) {
      const says = ["html in place of ", "HTTP status 200, text/html, from 127.0.0.1: "];
      expect(await outcomes(page(200, body), WITH_BODY, says)).toEqual(all("Unavailable", WITH_BODY));
    }
  });

  test.each([200, 204])("%i without a body is an answer only if none is expected", async (status) => {
    expect(await outcomes({ status }, DOCUMENTS)).toEqual(all("Unavailable", DOCUMENTS));
  });

  test.each(["<Other/>", "<Other><Title>a</Title></Other>", '{"message":"no"}', "{}", "[]", "null", "no", " "])(
    "200 with another document: %s",
    async (body) => {
      expect(await outcomes({ status: 200, body }, DOCUMENTS)).toEqual(all("Unavailable", DOCUMENTS));
    },
  );

  test("200 with a list of objects is from a store that does not know the subresource", async () => {
    const answer = { status: 200, headers: { "content-type": "application/xml" }, body: LISTING };
    expect(await outcomes(answer, WITH_BODY)).toEqual(all("Unsupported", WITH_BODY));
  });

  test("200 with an error is that error", async () => {
    const ofS3 = OPERATIONS.filter(({ client }) => client.startsWith("client-s3")).filter(hasDocument);
    const { body = "" } = s3Error(200, "SlowDown") as { body?: string };
    expect(await outcomes({ status: 200, body: `${body}\n` }, ofS3)).toEqual(all("Throttled", ofS3));
  });
});

describe("an error of AWS without a message", () => {
  const errors = {
    s3: s3Error,
    "s3-control": s3ControlError,
    iam: queryError,
    sts: queryError,
    kms: jsonError,
    eks: jsonError,
  };

  test("keeps its code", async () => {
    for (const [service, error] of Object.entries(errors)) {
      const operations = WITH_BODY.filter(({ client }) => SERVICES[client].service === service);
      const answer = error(400, "InvalidArgument", "");
      expect(await outcomes(answer, operations, [": InvalidArgument"])).toEqual(all("Invalid", operations));
    }
  });
});

describe("the answer where no document is expected", () => {
  test("is usually empty", async () => {
    const without = WITH_BODY.filter((operation) => !hasDocument(operation));
    expect(await outcomes({ status: 200 }, without)).toEqual(all("answered", without));
  });
});
