import { type Call, fakeBucket, type FakeBucket } from "./fake-bucket.ts";
import { KITS } from "./kits.ts";
import type { Random } from "./random.ts";
import { type Document, rewritingStore, type Routes } from "./rewriting-store.ts";

export interface RewritingBucket extends FakeBucket {
  /** All that was put, as it was put, by the names of the documents. */
  documents: () => Record<string, Document>;
}

/**
 * S3 as far as settings see it: keeps what is put, and hands it back in other words of the same meaning, chosen anew at each read,
 * as AWS does (reference: the S3 API pages of each Get and Put).
 */
export function rewritingS3(random: Random): RewritingBucket {
  const store = rewritingStore();
  const routes: Routes = Object.assign({}, ...[...KITS.values()].map((kit) => kit.routes(store, random)));
  const fake = fakeBucket(({ command, input }: Call) => {
    const route = routes[command];
    if (route === undefined) throw new Error(`No kit of operator/bucket/testing/kits answers ${command}`);
    return route(input) ?? {};
  });
  return { ...fake, documents: store.all };
}
