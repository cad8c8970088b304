/** Listings with delimiters, markers and owners: FACTS.md#s3-listings-and-uploads. */

import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type _Object,
  type ListObjectsCommandInput,
  type ListObjectsV2CommandInput,
} from "@aws-sdk/client-s3";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);
const s3 = target.s3();
const KEYS = ["a", "a/b", "a/c/d", "b c/d", "b c/e", "c"];

beforeAll(async () => {
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});

const prefixesOf = (prefixes: { Prefix?: string | undefined }[] = []) => prefixes.map(({ Prefix }) => Prefix);
const v1 = async (input: Partial<ListObjectsCommandInput> = {}) => {
  const answer = await s3.send(new ListObjectsCommand({ Bucket, ...input }));
  const keys = answer.Contents?.map(({ Key }) => Key) ?? [];
  return { ...answer, keys, prefixes: prefixesOf(answer.CommonPrefixes) };
};
const v2 = async (input: Partial<ListObjectsV2CommandInput> = {}) => {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...input }));
  const keys = answer.Contents?.map(({ Key }) => Key) ?? [];
  return { ...answer, keys, prefixes: prefixesOf(answer.CommonPrefixes) };
};

describe.each([
  ["ListObjects", v1],
  ["ListObjectsV2", v2],
])("%s", (_, list) => {
  test("without parameters the listing has all keys", async () => {
    const { keys, prefixes, IsTruncated, MaxKeys, Name } = await list();
    expect({ keys, prefixes, IsTruncated, MaxKeys, Name }).toEqual({
      keys: KEYS,
      prefixes: [],
      IsTruncated: false,
      MaxKeys: 1000,
      Name: Bucket,
    });
  });

  test.for<[string | undefined, string[], string[]]>([
    [undefined, ["a", "c"], ["a/", "b c/"]],
    ["a", ["a"], ["a/"]],
    ["a/", ["a/b"], ["a/c/"]],
    ["b c/", ["b c/d", "b c/e"], []],
    ["none/", [], []],
  ])("a delimiter rolls up keys below the prefix %s", async ([Prefix, keys, prefixes]) => {
    expect(await list({ Delimiter: "/", ...(Prefix !== undefined && { Prefix }) })).toMatchObject({ keys, prefixes });
  });

  test("a delimiter can be any text", async () => {
    expect(await list({ Delimiter: "/c" })).toMatchObject({
      keys: ["a", "a/b", "b c/d", "b c/e", "c"],
      prefixes: ["a/c"],
    });
  });

  test("encoding-type encodes keys, prefixes and delimiters", async () => {
    const answer = await list({ Delimiter: "/", Prefix: "b ", EncodingType: "url" });
    expect([answer.Prefix, answer.prefixes, answer.EncodingType]).toEqual(["b+", ["b+c/"], "url"]);
  });

  test("no keys are asked for", async () => {
    expect(await list({ MaxKeys: 0 })).toMatchObject({ keys: [], IsTruncated: false });
  });
});

describe("pages", () => {
  test("ListObjects continues after a key or a common prefix", async () => {
    const first = await v1({ Delimiter: "/", MaxKeys: 2 });
    expect(first).toMatchObject({ keys: ["a"], prefixes: ["a/"], IsTruncated: true, NextMarker: "a/" });
    const second = await v1({ Delimiter: "/", MaxKeys: 2, Marker: first.NextMarker });
    expect(second).toMatchObject({ keys: ["c"], prefixes: ["b c/"], IsTruncated: false, Marker: "a/" });
    const plain = await v1({ MaxKeys: 1, Marker: "a/b" });
    expect([plain.keys, plain.NextMarker]).toEqual([["a/c/d"], undefined]);
  });

  test("ListObjectsV2 continues with a token, and starts after a key", async () => {
    const first = await v2({ Delimiter: "/", MaxKeys: 2 });
    expect(first).toMatchObject({ keys: ["a"], prefixes: ["a/"], IsTruncated: true, KeyCount: 2 });
    const token = first.NextContinuationToken;
    const second = await v2({ Delimiter: "/", MaxKeys: 2, ContinuationToken: token });
    expect(second).toMatchObject({ keys: ["c"], prefixes: ["b c/"], IsTruncated: false, ContinuationToken: token });
    expect(await v2({ StartAfter: "a/b" })).toMatchObject({ keys: KEYS.slice(2), StartAfter: "a/b" });
    const wrong = v2({ ContinuationToken: "not a token" });
    await expect(wrong).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  test("only ListObjectsV2 leaves out owners unless asked", async () => {
    const owned = ({ Contents = [] }: { Contents?: _Object[] | undefined }) =>
      Contents.filter(({ Owner }) => Owner?.ID !== undefined).length;
    expect(owned(await v1())).toBe(KEYS.length);
    expect(owned(await v2())).toBe(0);
    expect(owned(await v2({ FetchOwner: true }))).toBe(KEYS.length);
  });

  simulatorTest("pages of any size have each key and common prefix once, in order", async () => {
    const name = target.bucketName();
    const bucket = target.simulator.account(target.accountId).createBucket(name);
    const key = fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength: 1, maxLength: 5 });
    const walked = async (input: Omit<ListObjectsV2CommandInput, "Bucket">) => {
      const seen: (string | undefined)[] = [];
      let token: string | undefined;
      do {
        const page = await v2({ Bucket: name, ...input, ...(token !== undefined && { ContinuationToken: token }) });
        seen.push(...[...page.keys, ...page.prefixes].toSorted());
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return seen;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, MaxKeys) => {
          bucket.objects.clear();
          bucket.fillWith({ keys: keys.length });
          bucket.objects = new Map(
            [...bucket.objects.values()].map((versions, index) => [keys[index] ?? "", versions]),
          );
          for (const Prefix of ["", "a", "a/"]) {
            const below = keys.filter((each) => each.startsWith(Prefix));
            const rolled = below.map((each) => {
              const at = each.indexOf("/", Prefix.length);
              return at < 0 ? each : each.slice(0, at + 1);
            });
            expect(await walked({ Prefix, Delimiter: "/", MaxKeys })).toEqual([...new Set(rolled)].toSorted());
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("other listings", () => {
  test("ListObjectVersions rolls up keys as well", async () => {
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: "/" }));
    expect(answer.Versions?.map(({ Key }) => Key)).toEqual(["a", "c"]);
    expect(prefixesOf(answer.CommonPrefixes)).toEqual(["a/", "b c/"]);
    const first = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: "/", MaxKeys: 2 }));
    const rest = new ListObjectVersionsCommand({ Bucket, Delimiter: "/", KeyMarker: first.NextKeyMarker });
    const second = await s3.send(rest);
    expect(second.Versions?.map(({ Key }) => Key)).toEqual(["c"]);
    expect(prefixesOf(second.CommonPrefixes)).toEqual(["b c/"]);
  });

  test("ListMultipartUploads rolls up keys as well", async () => {
    for (const Key of ["a/1", "a/2", "b"]) await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const answer = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: "/" }));
    expect(answer.Uploads?.map(({ Key }) => Key)).toEqual(["b"]);
    expect(prefixesOf(answer.CommonPrefixes)).toEqual(["a/"]);
    const below = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "a/" }));
    expect(below.Uploads?.map(({ Key, StorageClass }) => [Key, StorageClass])).toEqual([
      ["a/1", "STANDARD"],
      ["a/2", "STANDARD"],
    ]);
  });
});
