/** The API server accepts every definition of the corpus, by a strict dry run: AWS accepts them all. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_VERSION, S3_BUCKETS } from "../../../operator/api/names.ts";
import { collectionPath } from "../../../operator/kube/paths.ts";
import { BUCKET_SPECS } from "../../corpus/bucket-specs.ts";
import { causesOf, connect, inBatches, type Api } from "./api.ts";

const NAMESPACE = `corpus-${randomUUID().slice(0, 8)}`;
let api: Api;

beforeAll(async () => {
  api = connect();
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
});

afterAll(async () => {
  await api.send("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  await api.close();
});

test("no definition is refused", async () => {
  const path = `${collectionPath(S3_BUCKETS, NAMESPACE)}?dryRun=All&fieldValidation=Strict`;
  const refused = await inBatches([...BUCKET_SPECS], async ({ spec }, index) => {
    const metadata = { name: `definition-${index}`, namespace: NAMESPACE };
    const answer = await api.send("POST", path, { apiVersion: API_VERSION, kind: "S3Bucket", metadata, spec });
    return answer.code === 201 ? [] : [{ index, message: answer.body.message, causes: causesOf(answer) }];
  });
  expect(refused.flat()).toEqual([]);
  expect(BUCKET_SPECS.length).toBeGreaterThan(100);
});
