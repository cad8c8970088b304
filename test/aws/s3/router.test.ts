import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSimulator, type Account, type Simulator } from "../index.ts";
import { send, sendSigned, type RawRequest } from "../signed-request.ts";

let simulator: Simulator;
let account: Account;

beforeAll(async () => {
  simulator = await startSimulator();
  account = simulator.account("111122223333");
  account.createBucket("docs");
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.calls.clear());

const call = (request: RawRequest) => sendSigned(simulator.url, account.credentials, request);
const md5 = (body: string) => createHash("md5").update(body).digest("base64");

// Other servers delete or create buckets for some of these: FACTS.md#other-s3-stores.
describe("unknown requests", () => {
  test.for<[string, RawRequest]>([
    ["a delete of an unknown subresource", { method: "DELETE", path: "/docs?metadataConfiguration" }],
    ["a write of an unknown subresource", { method: "PUT", path: "/new?metadataInventoryTable" }],
    ["a read of an unknown subresource", { path: "/docs?metadataTable" }],
    ["a method that a subresource does not have", { method: "DELETE", path: "/docs?versioning" }],
    ["an unknown parameter of a known subresource", { method: "DELETE", path: "/docs?lifecycle&id=x" }],
    ["two subresources at once", { method: "DELETE", path: "/docs?lifecycle&policy" }],
    ["an unknown header", { method: "PUT", path: "/new", headers: { "x-amz-bucket-namespace": "account-regional" } }],
    ["a condition", { method: "DELETE", path: "/docs/key", headers: { "if-match": '"x"' } }],
    ["a streamed body", { method: "PUT", path: "/docs/k", headers: { "x-amz-content-sha256": "STREAMING-X" } }],
    ["an unknown service", { path: "/", service: "sqs" }],
    ["an unknown S3 Control path", { path: "/v20180820/jobs", headers: { "x-amz-account-id": "111122223333" } }],
    ["an unknown STS action", { method: "POST", path: "/", service: "sts", body: "Action=GetSessionToken" }],
  ])("%s is answered with 501 and changes nothing", async ([, request]) => {
    expect((await call(request)).status).toBe(501);
    expect([...account.buckets.keys()]).toEqual(["docs"]);
    expect(simulator.calls.all).toMatchObject([{ status: 501, errorCode: "NotImplemented" }]);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
describe("bucket and key", () => {
  test("path-style and virtual-hosted-style requests reach the same bucket", async () => {
    expect((await call({ path: "/docs?location" })).status).toBe(200);
    expect((await call({ path: "/?location", headers: { host: "docs.localhost:1" } })).status).toBe(200);
    expect(simulator.calls.of("docs")).toHaveLength(2);
  });

  test("the version of the API that the AWS SDK for C++ sends is accepted", async () => {
    const headers = { "x-amz-api-version": "2006-03-01" };
    expect((await call({ path: "/docs?location", headers })).status).toBe(200);
  });

  test("object keys are percent-decoded", async () => {
    await call({ method: "PUT", path: "/docs/a%20b/%3F%C3%A4", body: "x" });
    expect(simulator.calls.all[0]).toMatchObject({ operation: "PutObject", key: "a b/?\u00e4", status: 200 });
    await call({ method: "DELETE", path: "/docs/a%20b/%3F%C3%A4" });
    expect(account.buckets.get("docs")?.objects.size).toBe(0);
  });

  test("a bucket can have the name of S3 Control's path", async () => {
    account.createBucket("v20180820");
    expect((await call({ path: "/v20180820/?location" })).status).toBe(200);
    account.buckets.delete("v20180820");
  });
});

describe("request bodies", () => {
  const tagging = "<Tagging><TagSet/></Tagging>";
  test.for<[string, string, string, Record<string, string>]>([
    ["none of the checksums", "InvalidRequest", tagging, {}],
    ["another checksum", "BadDigest", tagging, { "content-md5": md5("another") }],
    ["another signed hash", "XAmzContentSHA256Mismatch", tagging, { "x-amz-content-sha256": "0".repeat(64) }],
    ["no XML", "MalformedXML", "hello", { "content-md5": md5("hello") }],
    ["another root", "MalformedXML", "<Tags/>", { "content-md5": md5("<Tags/>") }],
  ])("a body with %s is refused with %s", async ([, code, body, headers]) => {
    const answer = await call({ method: "PUT", path: "/docs?tagging", body, headers });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`<Code>${code}</Code>`);
  });

  test("unknown elements of a document are stored and returned", async () => {
    const body =
      "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>" +
      "<Brand><New>&lt;1&gt;</New></Brand></CORSRule></CORSConfiguration>";
    await call({ method: "PUT", path: "/docs?cors", body, headers: { "content-md5": md5(body) } });
    expect((await call({ path: "/docs?cors" })).body).toContain("<Brand><New>&lt;1&gt;</New></Brand>");
  });

  test("unknownExtraFields adds unknown elements to the root and to each rule of an answer", async () => {
    simulator.normalise.set({ unknownExtraFields: true });
    const { body } = await call({ path: "/docs?encryption" });
    expect(body.split("<SimulatedUnknownField>")).toHaveLength(3);
    simulator.normalise.clear();
  });
});

describe("callers", () => {
  test("an unsigned request is answered with AccessDenied", async () => {
    const answer = await send(simulator.url, { path: "/docs?location" });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining("<Code>AccessDenied</Code>")]);
    expect(simulator.calls.all[0]).toMatchObject({ account: "", operation: "GetBucketLocation", status: 403 });
  });

  test("an Authorization header of another scheme is answered with AuthorizationHeaderMalformed", async () => {
    const answer = await send(simulator.url, { path: "/docs?location", headers: { authorization: "Basic eA==" } });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining("AuthorizationHeaderMalformed")]);
  });

  test("the call log distinguishes users of one account", async () => {
    const person = account.addUser("ann");
    await sendSigned(simulator.url, person.credentials, { path: "/docs?location" });
    expect(simulator.calls.all[0]).toMatchObject({ account: "111122223333", caller: person.arn });
  });
});
