/** https://distribution.github.io/distribution/storage-drivers/s3/ */

import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "../controlplane/readiness.ts";
import { findTool } from "../tools/index.ts";
import { ALL_WORK, startContainer, type Container } from "./container.ts";
import { startServer, type Server } from "./server.ts";

/** This version sends an ACL with each upload, for which S3 checks this action. */
const ACLS = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:PutObjectAcl", Resource: "*" }],
};

function start(prefix: string, managedPolicy?: object): Promise<Container> {
  return startContainer([{ prefix, permissions: ALL_WORK }], {
    // Its SDK does not read AWS_ENDPOINT_URL, so it would send the token to AWS.
    credentials: "Session",
    ...(managedPolicy && { managedPolicy }),
  });
}

test("a registry takes and serves an image with a grant on '*' and the right to set ACLs, and nothing next door", async () => {
  await using container = await start("*", ACLS);
  await using registry = await startRegistry(container, container.bucket);
  const image = await push(registry.url);
  expect(image.status).toBe(201);
  const pulled = await fetch(`${registry.url}/v2/app/manifests/latest`, { headers: { accept: image.mediaType } });
  expect(await pulled.text()).toBe(image.manifest);
  expect(Buffer.from(await (await fetch(`${registry.url}/v2/app/blobs/${image.layer}`)).arrayBuffer())).toEqual(
    image.content,
  );

  await using other = await startRegistry(container, container.nextDoor);
  await expectDenied(other, "s3:PutObject");
});

test("a registry takes no image without the right to set ACLs", async () => {
  await using container = await start("*");
  await using registry = await startRegistry(container, container.bucket);
  await expectDenied(registry, "s3:PutObjectAcl");
});

test("a registry takes no image with a grant on a prefix, because it lists unfinished uploads", async () => {
  await using container = await start("images/", ACLS);
  await using registry = await startRegistry(container, container.bucket);
  await expectDenied(registry, "s3:ListBucketMultipartUploads");
});

async function expectDenied({ url, output }: Registry, action: string): Promise<void> {
  await expect(push(url)).rejects.toThrow("500");
  expect(output()).toContain(`not authorized to perform: ${action}`);
}

interface Registry extends Server {
  url: string;
}

async function startRegistry({ home, environment, endpoint }: Container, bucket: string): Promise<Registry> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const file = join(home, `${bucket}.json`);
  // JSON is YAML.
  const configuration = {
    version: 0.1,
    storage: {
      s3: {
        region: environment["AWS_REGION"],
        regionendpoint: endpoint,
        forcepathstyle: true,
        bucket,
        rootdirectory: "/images",
        objectacl: "bucket-owner-full-control",
      },
      delete: { enabled: true },
    },
    http: { addr: new URL(url).host },
  };
  await writeFile(file, JSON.stringify(configuration));
  const server = await startServer(await findTool("registry"), ["serve", file], { environment, url: `${url}/v2/` });
  return { ...server, url };
}

/** Pushes an image of one layer. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push */
async function push(registry: string) {
  const content = randomBytes(12 * 1024 * 1024);
  const layer = await pushBlob(registry, content);
  const config = await pushBlob(registry, Buffer.from("{}"));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config, size: 2 },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer, size: content.length }],
  });
  const headers = { "content-type": mediaType };
  const { status } = await fetch(`${registry}/v2/app/manifests/latest`, { method: "PUT", headers, body: manifest });
  return { status, manifest, mediaType, layer, content };
}

async function pushBlob(registry: string, content: Buffer<ArrayBuffer>): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const begun = await fetch(`${registry}/v2/app/blobs/uploads/`, { method: "POST" });
  const location = begun.headers.get("location");
  if (location === null) throw new Error(`${begun.status}: ${await begun.text()}`);
  // In two requests, as clients send large layers.
  const half = Math.floor(content.length / 2);
  const first = await fetch(location, { method: "PATCH", body: content.subarray(0, half) });
  const next = first.headers.get("location") ?? location;
  const url = new URL(next);
  url.searchParams.set("digest", digest);
  const done = await fetch(url, { method: "PUT", body: content.subarray(half) });
  if (done.status !== 201) throw new Error(`${done.status}: ${await done.text()}`);
  return digest;
}
