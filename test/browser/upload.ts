/** examples/direct-upload, applied as it is, and a page of the application that it names. */

import { S3Client } from "@aws-sdk/client-s3";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { CorsRule } from "../../operator/api/types.ts";
import { objectsIn } from "../integration/support/world/examples.ts";
import { runExample, type Pod, type Stage } from "../integration/support/world/workloads.ts";
import { startBrowser, TIMEOUT_MS, type Browser } from "./browser.ts";

export interface Upload extends AsyncDisposable {
  stage: Stage;
  browser: Browser;
  bucket: string;
  /** The Pods that sign and that check uploads. */
  pods: Record<"signer" | "intake", Pod>;
  /** Clients of these Pods that sign for the names of AWS. */
  signer: S3Client;
  intake: S3Client;
  /** The content of an object at AWS; undefined if there is none. */
  stored(key: string): string | undefined;
  /** Requests for the bucket since the start, by API name. */
  requests(operation: string): number;
}

/** The origin of the example's rule. */
export const APP = "https://app.example.com";

export async function startUpload(): Promise<Upload> {
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await runExample("direct-upload", "IRSA"));
  const pods = {
    signer: stack.use(await stage.pod("upload-signer")),
    intake: stack.use(await stage.pod("upload-intake")),
  };
  const { bucket } = pods.signer;
  const [signer, intake] = [clientFor(pods.signer), clientFor(pods.intake)];
  const { simulator, account } = stage.world;
  const browser = stack.use(await startBrowser(simulator.url));
  const end = stack.move();
  return {
    stage,
    browser,
    bucket,
    pods,
    signer,
    intake,
    stored: (key) => account.buckets.get(bucket)?.objects.get(key)?.[0]?.body.toString(),
    requests: (operation) => simulator.calls.of(bucket).filter((call) => call.operation === operation).length,
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

function clientFor({ environment, credentials }: Pod): S3Client {
  const region = environment["BUCKET_REGION"] ?? "";
  // The endpoint that it has without AWS_ENDPOINT_URL.
  const endpoint = `https://s3.${region}.amazonaws.com`;
  return new S3Client({ region, endpoint, credentials, requestChecksumCalculation: "WHEN_REQUIRED" });
}

/** The rules of the example. */
export function exampleRules(): CorsRule[] {
  const [bucket] = objectsIn("direct-upload/bucket.yaml") as { spec?: { cors?: { rules?: CorsRule[] } } }[];
  return bucket?.spec?.cors?.rules ?? [];
}

/** Changes the rules in the spec, and waits until S3 has them. */
export async function changeRules({ stage }: Upload, rules: readonly CorsRule[]): Promise<void> {
  const { metadata } = await stage.world.editSpec("uploads", { cors: rules.length === 0 ? null : { rules } });
  await stage.world.bucketWhen("uploads", ({ status }) => status?.observedGeneration === metadata.generation);
}

export interface Sent {
  method: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sends a form with these fields, and `body` as the file. */
  form?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends a request from the page's script. Rejects with the error that the script gets. */
export function send(page: Page, url: string, sent: Sent): Promise<Answer> {
  return page.evaluate(
    async ({ to, method, headers, body, form }) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(form ?? {})) data.append(name, value);
      if (form !== undefined) data.append("file", new File([body ?? ""], "photo.jpg"));
      const answer = await fetch(to, {
        method,
        ...(headers !== undefined && { headers }),
        ...(form === undefined ? body !== undefined && { body } : { body: data }),
      });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    },
    { to: url, ...sent },
  );
}

/** The browser does not let the page read an answer, or does not send the request. */
export async function expectBlocked(
  { page, errors }: { page: Page; errors: readonly string[] },
  url: string,
  sent: Sent,
  why: string,
): Promise<void> {
  await expect(send(page, url, sent)).rejects.toThrow("TypeError: Failed to fetch");
  await expect
    .poll(() => errors.join("\n"), { timeout: TIMEOUT_MS })
    .toMatch(new RegExp(`blocked by CORS policy: .*${why}`));
}
