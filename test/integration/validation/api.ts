/** Sends objects to the real API server and reads its responses. */

import { KubeConfig } from "@kubernetes/client-node";
import { inject } from "vitest";
import { createConnection, type HttpRequest } from "../../../operator/kube/connection.ts";
import type { KubeObject } from "../../../operator/kube/object.ts";
import type { Spec } from "./table.ts";

export interface Answer {
  code: number;
  body: AnswerBody;
}

/** An object, or the metav1.Status of a refusal. */
export interface AnswerBody {
  metadata: KubeObject["metadata"];
  spec?: Spec;
  status?: unknown;
  message?: string;
  items?: unknown[];
  details?: { causes?: Cause[] };
}

/** One cause of a refusal: metav1.StatusCause. */
export interface Cause {
  field: string;
  message: string;
}

export interface Api {
  send(method: HttpRequest["method"], path: string, body?: unknown): Promise<Answer>;
  /** Server-side apply. */
  apply(path: string, body: unknown, fieldManager: string): Promise<Answer>;
  close(): Promise<void>;
}

export function connect(): Api {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(inject("kubeconfigPath"));
  const connection = createConnection(kubeConfig, "s3-operator-tests");
  const exchange = async (request: Omit<HttpRequest, "signal">): Promise<Answer> => {
    const { statusCode, body } = await connection.send({ ...request, signal: AbortSignal.timeout(45_000) });
    return { code: statusCode, body: (await body.json()) as AnswerBody };
  };
  return {
    send(method, path, body) {
      if (body === undefined) return exchange({ method, path });
      return exchange({ method, path, body: JSON.stringify(body), contentType: "application/json" });
    },
    apply: (path, body, fieldManager) =>
      exchange({
        method: "PATCH",
        path: `${path}?fieldManager=${fieldManager}&force=true`,
        body: JSON.stringify(body),
        contentType: "application/apply-patch+yaml",
      }),
    close: () => connection.close(),
  };
}

/** The causes, without the API server's remark that it skipped some rules. */
export function causesOf({ body }: Answer): Cause[] {
  const causes = body.details?.causes ?? [];
  return causes
    .filter(({ message }) => !message.includes("some validation rules were not checked"))
    .map(({ field, message }) => ({ field: field.replace("<nil>", ""), message }));
}

/** Runs `work` for each item, 16 at a time. Results are in the order of the items. */
export async function inBatches<Item, Result>(
  items: Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += 16) {
    const batch = items.slice(start, start + 16);
    results.push(...(await Promise.all(batch.map((item, index) => work(item, start + index)))));
  }
  return results;
}
