import { crc32 } from "node:zlib";
import {
  DeleteBucketCommand,
  DeleteBucketInventoryConfigurationCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  ListBucketInventoryConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketMetricsConfigurationCommand,
  type InventoryConfiguration,
  type LifecycleRule,
  type S3Client,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, test } from "vitest";
import { clientOf, type Answer, type Sent } from "./testing/client.ts";

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const KNOWN_RULE = "<ID>a</ID><Status>Enabled</Status><Filter/>";
const RULE: LifecycleRule = { ID: "a", Status: "Enabled", Filter: {} };

const lifecycle = (content: string) => `<LifecycleConfiguration ${XMLNS}>${content}</LifecycleConfiguration>`;
const rule = (content: string) => `<Rule>${content}</Rule>`;
const error = (code: string) => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

/** Answers of S3 to a GET, by bucket. */
let answers: Record<string, string | Answer>;
let sent: Sent[];
let s3: S3Client;

beforeEach(() => {
  answers = {};
  sent = [];
  s3 = clientOf((request) => {
    if (request.method === "GET") return answers[request.path.split("/")[1] ?? ""] ?? "";
    sent.push(request);
    return request.method === "DELETE" ? { status: 204, body: "" } : "";
  });
});

const get = (Bucket = "one") => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

/** The content of the root of a PUT. */
async function put(Rules: LifecycleRule[] = [RULE], Bucket = "one"): Promise<string | undefined> {
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  return /^<\?xml version="1.0" encoding="UTF-8"\?><LifecycleConfiguration [^>]*>(.*)<\/LifecycleConfiguration>$/s.exec(
    sent.at(-1)?.body ?? "",
  )?.[1];
}

/** The body of a PUT after S3 has answered with this. */
async function putAfter(content: string, rules?: LifecycleRule[]): Promise<string | undefined> {
  answers["one"] = `<?xml version="1.0" encoding="UTF-8"?>\n${lifecycle(content)}`;
  await get();
  return put(rules);
}

/** In the form of the SDK. */
const PLAIN = "<Rule><Status>Enabled</Status><ID>a</ID><Filter/></Rule>";

describe("copies", () => {
  test.each([
    ["entities", "<New>a &amp; &lt;b&gt; &quot;&apos; &#13;&#x2028;</New>"],
    ["CDATA", "<New><![CDATA[<Rule>&]]></New>"],
    ["attributes", '<New kind="a &quot;b&quot;" lang="en">x</New>'],
    ["white space", "<New>\n  <Deep> x </Deep>\n</New>"],
    ["letters beyond ASCII", "<New>größer 漢字 🪣</New>"],
    ["an element of another namespace", '<n:New xmlns:n="urn:new">x</n:New>'],
    ["a default namespace of its own", '<New xmlns="urn:new">x</New>'],
    ["nothing", "<New/>"],
    ["several of a name", "<New>1</New><New>2</New>"],
    ["what looks like a rule", "<New><Rule><ID>a</ID></Rule></New>"],
    ["names of JavaScript", "<valueOf>x</valueOf><New><length>1</length></New>"],
  ])("%s", async (_what, unknown) => {
    expect(await putAfter(rule(KNOWN_RULE) + unknown)).toBe(PLAIN + unknown);
  });

  test("attributes with the necessary quotes", async () => {
    expect(await putAfter(`${rule(KNOWN_RULE)}<New kind='"a" &amp;'/>`)).toBe(
      `${PLAIN}<New kind="&quot;a&quot; &amp;"/>`,
    );
  });

  test("a prefix with its declaration from an outer element", async () => {
    answers["one"] =
      `<LifecycleConfiguration xmlns:n="urn:new">${rule(`${KNOWN_RULE}<n:New/>`)}</LifecycleConfiguration>`;
    await get();
    expect(await put()).toContain('<n:New xmlns:n="urn:new"/></Rule>');
  });

  test("no comments and no white space between known elements", async () => {
    expect(await putAfter(`\n  ${rule(`<!-- <New/> -->\n${KNOWN_RULE}`)}\n  <New>x</New>\n`)).toBe(
      `${PLAIN}<New>x</New>`,
    );
  });
});

describe("puts back", () => {
  test("a known name at a place where it is unknown", async () => {
    expect(await putAfter(rule(`${KNOWN_RULE}<StorageClass>X</StorageClass>`))).toContain(
      "<Filter/><StorageClass>X</StorageClass></Rule>",
    );
  });

  test("into the rule with the same id, in any order", async () => {
    const first = { ...RULE, ID: 'b & "c"' };
    const answer =
      rule(`${KNOWN_RULE}<New>a</New>`) + rule('<ID>b &amp; "c"</ID><Status>Enabled</Status><Filter/><New>b</New>');
    const body = await putAfter(answer, [first, { ...RULE, ID: "new" }, RULE]);
    expect(body?.match(/<ID>.*?<\/ID>|<New>.*?<\/New>/g)).toEqual([
      "<ID>b &amp; &quot;c&quot;</ID>",
      "<New>b</New>",
      "<ID>new</ID>",
      "<ID>a</ID>",
      "<New>a</New>",
    ]);
  });

  test("nothing of a removed rule", async () => {
    expect(await putAfter(rule(`${KNOWN_RULE}<New>a</New>`), [{ ...RULE, ID: "b" }])).not.toContain("New");
  });

  test("nothing below a removed element", async () => {
    const answer = rule(`${KNOWN_RULE}<Expiration><Days>1</Days><New/></Expiration>`);
    expect(await putAfter(answer)).toBe(PLAIN);
  });

  test("below an element that stays with another value", async () => {
    const answer = rule(`${KNOWN_RULE}<Expiration><Days>1</Days><New/></Expiration>`);
    expect(await putAfter(answer, [{ ...RULE, Expiration: { Days: 2 } }])).toContain(
      "<Expiration><Days>2</Days><New/></Expiration>",
    );
  });

  test("into the only entry without an id, or the one of several with the same content", async () => {
    const transition = (days: number, unknown = "") => `<Transition><Days>${days}</Days>${unknown}</Transition>`;
    expect(
      await putAfter(rule(KNOWN_RULE + transition(1, "<New/>")), [{ ...RULE, Transitions: [{ Days: 2 }] }]),
    ).toContain(transition(2, "<New/>"));

    const two = rule(KNOWN_RULE + transition(1, "<New>1</New>") + transition(2, "<New>2</New>"));
    const body = await putAfter(two, [{ ...RULE, Transitions: [{ Days: 2 }, { Days: 3 }] }]);
    expect(body).toContain(transition(2, "<New>2</New>") + transition(3));
  });

  test("into the only rule, whose id S3 made up and we do not send", async () => {
    const { ID: _, ...rest } = RULE;
    expect(await putAfter(rule(`${KNOWN_RULE}<New/>`), [rest])).toContain("<New/></Rule>");
  });

  test("no element twice that the SDK itself keeps", async () => {
    answers["one"] =
      `<ListMetricsConfigurationsResult><MetricsConfiguration><Id>a</Id><Filter><New>x</New></Filter></MetricsConfiguration></ListMetricsConfigurationsResult>`;
    const { MetricsConfigurationList } = await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket: "one" }));
    const MetricsConfiguration = MetricsConfigurationList?.[0];
    await s3.send(new PutBucketMetricsConfigurationCommand({ Bucket: "one", Id: "a", MetricsConfiguration }));
    expect(sent[0]?.body?.match(/<New>/g)).toHaveLength(1);
  });

  test("before length and checksum are computed", async () => {
    await putAfter(`${rule(KNOWN_RULE)}<New>größer</New>`);
    const { body = "", headers } = sent[0] ?? {};
    expect(headers?.["content-length"]).toBe(String(Buffer.byteLength(body)));
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    expect(headers?.["x-amz-checksum-crc32"]).toBe(checksum.toString("base64"));
  });
});

describe("forgets", () => {
  beforeEach(async () => {
    expect(await putAfter(`${rule(KNOWN_RULE)}<New/>`)).toContain("<New/>");
  });

  test("with an answer that has none", async () => {
    expect(await putAfter(rule(KNOWN_RULE))).toBe(PLAIN);
  });

  test.each(["NoSuchLifecycleConfiguration", "NoSuchBucket"])("with %s", async (code) => {
    answers["one"] = { status: 404, body: error(code) };
    await expect(get()).rejects.toThrow(code);
    expect(await put()).toBe(PLAIN);
  });

  test("with the deletion of the document", async () => {
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket: "one" }));
    expect(await put()).toBe(PLAIN);
  });

  test("with the deletion of the bucket", async () => {
    await s3.send(new DeleteBucketCommand({ Bucket: "one" }));
    expect(await put()).toBe(PLAIN);
  });

  test("with an answer that is an error or not XML", async () => {
    for (const body of [error("InternalError"), "{}", "<LifecycleConfiguration><New>", "<a><__proto__/></a>"]) {
      answers["one"] = body;
      await get().catch(() => undefined);
      expect(await put()).toBe(PLAIN);
    }
  });

  test("not with an answer that is not about the document", async () => {
    for (const status of [403, 500, 503]) {
      answers["one"] = { status, body: error("AccessDenied") };
      await expect(get()).rejects.toThrow("AccessDenied");
    }
    expect(await put()).toContain("<New/>");
  });
});

test("distinguishes buckets and documents, also when read concurrently", async () => {
  const names = ["one", "two", "three"];
  for (const name of names) answers[name] = lifecycle(`${rule(KNOWN_RULE)}<New>${name}</New>`);
  answers["none"] = lifecycle(rule(KNOWN_RULE));
  await Promise.all([...names, "none"].map(get));
  for (const name of names) expect(await put([RULE], name)).toContain(`<New>${name}</New>`);
  expect(await put([RULE], "none")).not.toContain("New");
});

test("passes on answers unchanged", async () => {
  answers["one"] = lifecycle(`${rule(`${KNOWN_RULE}<New/>`)}<New/>`);
  expect((await get()).Rules).toEqual([RULE]);
});

describe("configurations that are listed", () => {
  const listed = (content: string) =>
    `<ListInventoryConfigurationsResult ${XMLNS}>${content}</ListInventoryConfigurationsResult>`;
  const entry = (id: string) =>
    `<InventoryConfiguration><Id>${id}</Id><Schedule><Frequency>Daily</Frequency><New>${id}</New></Schedule></InventoryConfiguration>`;
  const ref = { Bucket: "one" };

  async function list(content: string, ContinuationToken?: string): Promise<void> {
    answers["one"] = listed(content);
    await s3.send(new ListBucketInventoryConfigurationsCommand({ ...ref, ContinuationToken }));
  }
  /** The unknown elements of a PUT. */
  async function putOne(Id: string): Promise<string[]> {
    const InventoryConfiguration: InventoryConfiguration = {
      Id,
      IsEnabled: true,
      IncludedObjectVersions: "All",
      Schedule: { Frequency: "Weekly" },
      Destination: { S3BucketDestination: { Bucket: "arn:aws:s3:::reports", Format: "CSV" } },
    };
    await s3.send(new PutBucketInventoryConfigurationCommand({ ...ref, Id, InventoryConfiguration }));
    return sent.at(-1)?.body?.match(/<(New|Envelope).*?>.*?<\/\1>/g) ?? [];
  }

  test("are distinguished by id, over several pages", async () => {
    await list(`${entry("a")}${entry("b")}<Envelope>x</Envelope>`);
    await list(entry("c"), "token");
    expect(await putOne("a")).toEqual(["<New>a</New>"]);
    expect(await putOne("c")).toEqual(["<New>c</New>"]);
    expect(await putOne("d")).toEqual([]);
    await list(entry("b"));
    expect([await putOne("a"), await putOne("b"), await putOne("c")]).toEqual([[], ["<New>b</New>"], []]);
  });

  test("are deleted one by one", async () => {
    await list(entry("a") + entry("b"));
    await s3.send(new DeleteBucketInventoryConfigurationCommand({ ...ref, Id: "a" }));
    expect([await putOne("a"), await putOne("b")]).toEqual([[], ["<New>b</New>"]]);
  });
});
