import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetBucketVersioningCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand } from "@aws-sdk/client-s3-control";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createManualClock } from "../kube/testing/manual-clock.ts";
import { AccountMismatchError, awsErrorKind } from "./errors.ts";
import { createAws, type Aws, type AwsOptions, type Identity } from "./session.ts";
import {
  assumedRole,
  callerIdentity,
  nothingSet,
  queryError,
  s3Error,
  startEndpoint,
  type Answer,
  type Endpoint,
  type SeenRequest,
} from "./testing/endpoint.ts";

const ACCOUNT = "111122223333";
const OWN: Identity = { accountId: ACCOUNT, region: "eu-central-1" };
const ROLE: Identity = {
  ...OWN,
  assumeRole: { roleArn: `arn:aws:iam::${ACCOUNT}:role/s3`, externalId: "tenant-7" },
};

let endpoint: Endpoint;
let aws: Aws;
let registry: Registry;

function start(options: AwsOptions = {}): Aws {
  registry = new Registry();
  aws = createAws({ registry, forcePathStyle: true, userAgent: "s3-operator/1.2.3", ...options });
  return aws;
}

/** STS without errors. The n-th assumed role has the access key ASIA<n>, valid for an hour. */
function sts(request: SeenRequest): Answer | undefined {
  if (request.body.includes("Action=GetCallerIdentity")) {
    return callerIdentity(ACCOUNT, `arn:aws:sts::${ACCOUNT}:assumed-role/s3/s3-operator`);
  }
  if (request.body.includes("Action=AssumeRole")) {
    return assumedRole(`ASIA${actions("AssumeRole").length}`, new Date(Date.now() + 3_600_000));
  }
  return undefined;
}

function answering(answer: (request: SeenRequest) => Answer = nothingSet): void {
  endpoint.answer = (request) => sts(request) ?? answer(request);
}

const actions = (name: string) => endpoint.requests.filter(({ body }) => body.includes(`Action=${name}&`));
const calls = () => endpoint.requests.filter(({ body }) => !body.includes("Action="));

async function count(name: string, labels: Record<string, string>): Promise<number> {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  const matching = values.filter((value) =>
    Object.entries(labels).every(([label, expected]) => value.labels[label] === expected),
  );
  return matching.reduce((sum, { value }) => sum + value, 0);
}

beforeEach(async () => {
  endpoint = await startEndpoint();
  answering();
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAOWN");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  start();
});

afterEach(async () => {
  aws.destroy();
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});

test("sends nothing once mayCall is false, not even a retry of a running call", async () => {
  let mayCall = true;
  start({ mayCall: () => mayCall });
  const session = await aws.session(OWN);
  answering(() => {
    mayCall = false;
    return s3Error(503, "SlowDown");
  });
  const read = () => session.s3("eu-central-1").send(new GetBucketVersioningCommand({ Bucket: "docs" }));
  const first = await read().catch(awsErrorKind);
  const second = await read().catch(awsErrorKind);
  expect([first, second]).toEqual(["Aborted", "Aborted"]);
  expect(calls()).toHaveLength(1);
});

describe("identity", () => {
  test("is verified once for concurrent callers", async () => {
    const sessions = await Promise.all([aws.session(OWN), aws.session({ ...OWN }), aws.session(OWN)]);
    await aws.session(OWN);
    expect(new Set(sessions).size).toBe(1);
    expect(sessions[0]).toMatchObject({
      accountId: ACCOUNT,
      partition: "aws",
      callerArn: `arn:aws:sts::${ACCOUNT}:assumed-role/s3/s3-operator`,
    });
    expect(actions("GetCallerIdentity")).toHaveLength(1);
    expect(actions("GetCallerIdentity")[0]).toMatchObject({ accessKeyId: "AKIAOWN" });
  });

  test("of another account is an error that names both, and is verified again", async () => {
    endpoint.answer = () => callerIdentity("999988887777", "arn:aws:iam::999988887777:user/other");
    const error = await aws.session(OWN).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error).toMatchObject({
      expected: ACCOUNT,
      actual: "999988887777",
      callerArn: "arn:aws:iam::999988887777:user/other",
    });
    answering();
    await expect(aws.session(OWN)).resolves.toMatchObject({ accountId: ACCOUNT });
  });

  test("is verified again after a failure", async () => {
    endpoint.answer = () =>
      queryError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    const error = await aws.session(OWN).catch((error: unknown) => error);
    expect(awsErrorKind(error)).toBe("Credentials");
    answering();
    await expect(aws.session(OWN)).resolves.toMatchObject({ accountId: ACCOUNT });
  });

  test("without credentials fails with kind Credentials", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    const error = await start()
      .session(OWN)
      .catch((error: unknown) => error);
    expect(awsErrorKind(error)).toBe("Credentials");
    expect(endpoint.requests).toHaveLength(0);
  });

  test("ends only the wait of the caller that aborts", async () => {
    const stopped = new AbortController();
    const asked = new Promise<void>((resolve) => {
      endpoint.answer = () => {
        resolve();
        return "hang";
      };
    });
    start({ requestTimeoutMs: 200 });
    const aborted = aws.session(OWN, stopped.signal);
    const patient = aws.session(OWN, new AbortController().signal);
    await asked;
    answering();
    stopped.abort(new Error("reconcile over"));
    await expect(aborted).rejects.toMatchObject({ name: "AbortError", cause: new Error("reconcile over") });
    await expect(patient).resolves.toMatchObject({ accountId: ACCOUNT });
  });

  test("is verified again on request and keeps its clients", async () => {
    const before = await aws.session(OWN);
    const after = await aws.verify(OWN);
    expect(actions("GetCallerIdentity")).toHaveLength(2);
    expect(after.s3("eu-central-1")).toBe(before.s3("eu-central-1"));
    await aws.session(OWN);
    expect(actions("GetCallerIdentity")).toHaveLength(2);
    endpoint.answer = () => callerIdentity("999988887777", "arn:aws:iam::999988887777:user/other");
    await expect(aws.verify(OWN)).rejects.toThrow(AccountMismatchError);
    await expect(aws.session(OWN)).rejects.toThrow(AccountMismatchError);
  });

  test("stays verified if an earlier call fails late", async () => {
    const asked = Promise.withResolvers<void>();
    endpoint.answer = () => {
      asked.resolve();
      return "hang";
    };
    start({ requestTimeoutMs: 250 });
    const late = aws.session(OWN);
    await asked.promise;
    answering();
    endpoint.answer = (
      (first) => (request) =>
        (first-- > 0 ? sts(request) : undefined) ?? "hang"
    )(1);
    const verified = await aws.verify(OWN);
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(aws.session(OWN)).resolves.toBe(verified);
  });

  test("is verified again with new clients after forget", async () => {
    const before = await aws.session(ROLE);
    const client = before.s3("eu-central-1");
    expect(before.s3("eu-central-1")).toBe(client);
    aws.forget(ROLE);
    const after = await aws.session(ROLE);
    expect(after.s3("eu-central-1")).not.toBe(client);
    expect(actions("AssumeRole")).toHaveLength(2);
    expect(actions("GetCallerIdentity")).toHaveLength(2);
  });
});

describe("assumed role", () => {
  test("serves all clients of the identity with one AssumeRole", async () => {
    const session = await aws.session(ROLE);
    await Promise.all([
      session.s3("eu-central-1").send(new GetBucketVersioningCommand({ Bucket: "docs" })),
      session.s3("us-east-1").send(new GetBucketVersioningCommand({ Bucket: "docs" })),
      session.s3Control("eu-central-1").send(new GetPublicAccessBlockCommand({ AccountId: ACCOUNT })),
      session.kms("eu-central-1").send(new DescribeKeyCommand({ KeyId: "alias/docs" })),
    ]);
    expect(actions("AssumeRole")).toHaveLength(1);
    expect(actions("AssumeRole")[0]).toMatchObject({ accessKeyId: "AKIAOWN" });
    const parameters = Object.fromEntries(new URLSearchParams(actions("AssumeRole")[0]?.body));
    expect(parameters).toMatchObject({
      RoleArn: ROLE.assumeRole?.roleArn,
      ExternalId: "tenant-7",
      RoleSessionName: "s3-operator",
    });
    expect(calls().map(({ accessKeyId }) => accessKeyId)).toEqual(["ASIA1", "ASIA1", "ASIA1", "ASIA1"]);
  });

  test("fails if the answer is not from STS", async () => {
    for (const body of ["", "<html><body>Please log in</body></html>"]) {
      answering();
      const { answer } = endpoint;
      endpoint.answer = (request) =>
        request.body.includes("Action=AssumeRole") ? { status: 200, body } : answer(request);
      const error: unknown = await aws.session(ROLE).catch((thrown: unknown) => thrown);
      expect(awsErrorKind(error)).toBe("Unavailable");
    }
  });

  test("shares nothing between two roles or two external IDs", async () => {
    const other: Identity = {
      ...OWN,
      assumeRole: { roleArn: `arn:aws:iam::${ACCOUNT}:role/s3`, externalId: "tenant-8" },
    };
    const [one, two] = [await aws.session(ROLE), await aws.session(other)];
    await one.s3("eu-central-1").send(new HeadBucketCommand({ Bucket: "docs" }));
    await two.s3("eu-central-1").send(new HeadBucketCommand({ Bucket: "docs" }));
    expect(calls().map(({ accessKeyId }) => accessKeyId)).toEqual(["ASIA1", "ASIA2"]);
  });

  test("fetches credentials that AWS calls expired again, and retries the call once", async () => {
    const session = await aws.session(ROLE);
    answering((request) =>
      request.accessKeyId === "ASIA1"
        ? s3Error(400, "ExpiredToken", "The provided token has expired.")
        : nothingSet(request),
    );
    const s3 = session.s3("eu-central-1");
    await Promise.all([
      s3.send(new GetBucketVersioningCommand({ Bucket: "a" })),
      s3.send(new GetBucketVersioningCommand({ Bucket: "b" })),
    ]);
    expect(actions("AssumeRole")).toHaveLength(2);
    await s3.send(new GetBucketVersioningCommand({ Bucket: "c" }));
    expect(calls().map(({ accessKeyId }) => accessKeyId)).toEqual(["ASIA1", "ASIA1", "ASIA2", "ASIA2", "ASIA2"]);
  });

  test("fails after the second try if credentials stay expired", async () => {
    const session = await aws.session(ROLE);
    answering(() => s3Error(400, "ExpiredToken", "The provided token has expired."));
    const error = await session
      .s3("eu-central-1")
      .send(new GetBucketVersioningCommand({ Bucket: "docs" }))
      .catch((error: unknown) => error);
    expect(awsErrorKind(error)).toBe("Credentials");
    expect(calls()).toHaveLength(2);
  });

  test("fails with kind AccessDenied if the role may not be assumed", async () => {
    endpoint.answer = () =>
      queryError(
        403,
        "AccessDenied",
        `User: arn:aws:iam::${ACCOUNT}:user/op is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/s3`,
      );
    const error = await aws.session(ROLE).catch((error: unknown) => error);
    expect(awsErrorKind(error)).toBe("AccessDenied");
    expect(
      await count("s3_operator_aws_requests_total", { service: "sts", operation: "AssumeRole", code: "403" }),
    ).toBe(1);
  });
});

describe("requests", () => {
  const versioning = new GetBucketVersioningCommand({ Bucket: "docs" });

  test("have the user agent, and path-style addresses on request", async () => {
    const session = await aws.session(OWN);
    await session.s3("eu-central-1").send(versioning);
    expect(calls()[0]?.userAgent).toContain("s3-operator/1.2.3");
    expect(calls()[0]?.path).toMatch(/^\/docs\/?\?versioning/);
  });

  test("of S3 Control use a custom endpoint unchanged", async () => {
    const session = await aws.session(OWN);
    await session.s3Control("eu-central-1").send(new GetPublicAccessBlockCommand({ AccountId: ACCOUNT }));
    expect(`http://${calls()[0]?.host}`).toBe(endpoint.url);
  });

  test("are counted and timed, including retries", async () => {
    const session = await aws.session(OWN);
    let answers = 0;
    answering((request) => ((answers += 1) < 3 ? s3Error(500, "InternalError") : nothingSet(request)));
    await session.s3("eu-central-1").send(versioning);
    const operation = { service: "s3", operation: "GetBucketVersioning" };
    expect(await count("s3_operator_aws_requests_total", { ...operation, code: "500" })).toBe(2);
    expect(await count("s3_operator_aws_requests_total", { ...operation, code: "200" })).toBe(1);
    const timings = await registry.getSingleMetricAsString("s3_operator_aws_request_duration_seconds");
    expect(timings).toContain('_count{service="s3",operation="GetBucketVersioning"} 3');
    expect(await count("s3_operator_aws_throttles_total", {})).toBe(0);
  });

  test("are counted and retried if throttled", async () => {
    const session = await aws.session(OWN);
    let answers = 0;
    answering((request) =>
      (answers += 1) === 1 ? s3Error(503, "SlowDown", "Please reduce your request rate.") : nothingSet(request),
    );
    await session.s3("eu-central-1").send(versioning);
    expect(calls()).toHaveLength(2);
    expect(await count("s3_operator_aws_throttles_total", { service: "s3" })).toBe(1);
  });

  test("of one account and service share a rate for all identities", async () => {
    const clock = createManualClock();
    start({ clock });
    const [own, role] = [await aws.session(OWN), await aws.session(ROLE)];
    aws.limit(ACCOUNT, 1);
    await own.s3("eu-central-1").send(versioning);
    const waiting = role.s3("us-east-1").send(versioning);
    await vi.waitFor(() => expect(clock.timers()).toBe(1));
    await role.kms("eu-central-1").send(new DescribeKeyCommand({ KeyId: "alias/docs" }));
    expect(calls().filter(({ path }) => path.startsWith("/docs"))).toHaveLength(1);
    await clock.advance(1000);
    await waiting;
    expect(calls().filter(({ path }) => path.startsWith("/docs"))).toHaveLength(2);
  });

  test.each(["hang", "hang after headers", "stay busy"] as const)(
    "a server that would %s is given up after the timeout",
    async (hang) => {
      const session = await start({ requestTimeoutMs: 300 }).session(OWN);
      answering(() => hang);
      const error = await session
        .s3("eu-central-1")
        .send(versioning)
        .catch((error: unknown) => error);
      expect(awsErrorKind(error)).toBe("Unavailable");
      expect(calls()).toHaveLength(3);
      expect(await count("s3_operator_aws_requests_total", { service: "s3", code: "TimeoutError" })).toBe(3);
    },
  );

  test.each(["hang", "hang after headers", "stay busy"] as const)(
    "a server that would %s is left when the signal aborts",
    async (hang) => {
      const session = await aws.session(OWN);
      const stop = new AbortController();
      answering(() => {
        setImmediate(() => stop.abort(new DOMException("deadline", "TimeoutError")));
        return hang;
      });
      const error = await session
        .s3("eu-central-1")
        .send(versioning, { abortSignal: stop.signal })
        .catch((error: unknown) => error);
      expect(error).toMatchObject({ name: "AbortError", cause: { name: "TimeoutError" } });
      expect(calls()).toHaveLength(1);
    },
  );

  test("to a closed port fail with kind Unavailable", async () => {
    const session = await aws.session(OWN);
    await endpoint[Symbol.asyncDispose]();
    const error = await session
      .s3("eu-central-1")
      .send(versioning)
      .catch((error: unknown) => error);
    expect(awsErrorKind(error)).toBe("Unavailable");
    expect(await count("s3_operator_aws_requests_total", { service: "s3", code: "ECONNREFUSED" })).toBe(3);
    endpoint = await startEndpoint();
  });
});

test("collects the denials of an identity and reports each action once", async () => {
  const told: string[] = [];
  start({ onDenied: (accountId) => told.push(accountId) });
  const session = await aws.session(ROLE);
  const denial = `User: arn:aws:sts::${ACCOUNT}:assumed-role/s3/s is not authorized to perform: s3:GetBucketVersioning because no identity-based policy allows the s3:GetBucketVersioning action`;
  answering(() => s3Error(403, "AccessDenied", denial));
  for (const region of ["eu-central-1", "eu-west-1"]) {
    await expect(session.s3(region).send(new GetBucketVersioningCommand({ Bucket: "docs" }))).rejects.toThrow(
      "not authorized",
    );
  }
  expect(aws.denied(ROLE)).toEqual([
    {
      action: "s3:GetBucketVersioning",
      message: expect.stringContaining("Add to the operator's IAM policy") as string,
    },
  ]);
  expect(aws.denied(OWN)).toEqual([]);
  expect(told).toEqual([ACCOUNT]);
});

test("counts a role that may not be assumed as a denial of its identity", async () => {
  start();
  const denial = `User: arn:aws:sts::${ACCOUNT}:assumed-role/own/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/s3`;
  endpoint.answer = () => queryError(403, "AccessDenied", denial);
  await expect(aws.session(ROLE)).rejects.toThrow("not authorized");
  expect(aws.denied(ROLE).map(({ action }) => action)).toEqual(["sts:AssumeRole"]);
});
