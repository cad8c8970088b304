import { fakeBucket, type Call, type FakeBucket } from "./fake-bucket.ts";
import { KITS } from "./kits.ts";
import type { Random } from "./random.ts";
import { rewritingStore, type Document, type Routes } from "./rewriting-store.ts";

export interface RewritingBucket extends FakeBucket {
  /** Documents as they were put, by name. */
  documents: () => Record<string, Document>;
}

/**
 * Imitates S3 for settings: keeps each document that is put, and answers it in another form of the same meaning, chosen
 * anew at each read. The forms are those of the S3 API reference of each Get and Put.
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
