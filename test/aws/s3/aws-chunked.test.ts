import { describe, expect, test } from "vitest";
import type { AwsRequest } from "../http.ts";
import type { Identity } from "../state.ts";
import { checkChunkSignatures, checkComplete, unchunked } from "./aws-chunked.ts";

/** The caller of the examples of AWS. */
const CALLER: Identity = {
  accountId: "111122223333",
  arn: "arn:aws:iam::111122223333:user/ann",
  credentials: {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
};

const chunk = (bytes: number, signature: string) =>
  `${bytes.toString(16)};chunk-signature=${signature}\r\n${"a".repeat(bytes)}${bytes > 0 ? "\r\n" : ""}`;

function request(payload: string, seed: string, body: string, headers: Record<string, string> = {}): AwsRequest {
  return {
    method: "PUT",
    host: "",
    path: "/examplebucket/chunkObject.txt",
    query: new URLSearchParams(),
    headers: {
      "x-amz-content-sha256": payload,
      "x-amz-date": "20130524T000000Z",
      "x-amz-decoded-content-length": "66560",
      authorization: `AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=${seed}`,
      ...headers,
    },
    body: Buffer.from(body),
    scope: { accessKeyId: CALLER.credentials.accessKeyId, region: "us-east-1", service: "s3" },
  };
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html#example-signature-calculations-streaming
const signed = (last = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") =>
  request(
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    chunk(65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") +
      chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") +
      `${chunk(0, last)}\r\n`,
    { "content-encoding": "gzip,aws-chunked" },
  );

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html#example-signature-calculations-trailing-header
const withTrailer = (checksum = "sOO8/Q==") =>
  request(
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    chunk(65_536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2") +
      chunk(1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7") +
      chunk(0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992") +
      `x-amz-checksum-crc32c:${checksum}\r\n` +
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
  );

describe("signed chunks", () => {
  test("the example of AWS is decoded, and its signatures match", () => {
    const { body, headers } = unchunked(signed());
    expect([body.length, body.every((byte) => byte === 97)]).toEqual([66_560, true]);
    expect(headers["content-encoding"]).toBe("gzip");
    expect(() => checkChunkSignatures(signed(), CALLER)).not.toThrow();
    expect(() => checkComplete(unchunked(signed()))).not.toThrow();
  });

  test("the example of AWS with a trailer is decoded, and its signatures match", () => {
    expect(unchunked(withTrailer()).headers["x-amz-checksum-crc32c"]).toBe("sOO8/Q==");
    expect(() => checkChunkSignatures(withTrailer(), CALLER)).not.toThrow();
  });

  test.for([
    ["a chunk", () => signed("0".repeat(64))],
    ["the trailer", () => withTrailer("AAAAAA==")],
  ] as const)("a changed signature of %s is refused", ([, changed]) => {
    expect(() => checkChunkSignatures(changed(), CALLER)).toThrow("does not match");
  });
});

describe("unsigned chunks", () => {
  const unsigned = (body: string) => request("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "", body);

  test("chunks and a trailer are decoded", () => {
    const sent = unsigned("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32: DUoRhQ==\r\n\r\n");
    expect(unchunked(sent)).toMatchObject({
      body: Buffer.from("hello world"),
      headers: { "x-amz-checksum-crc32": "DUoRhQ==" },
    });
    expect(() => checkChunkSignatures(sent, CALLER)).not.toThrow();
  });

  test.for(["", "5\r\nhel", "5\r\nhello\r\n", "x\r\nhello\r\n0\r\n\r\n"])("the body %j is incomplete", (body) => {
    expect(() => checkComplete(unchunked(unsigned(body)))).toThrow("number of bytes");
  });
});
