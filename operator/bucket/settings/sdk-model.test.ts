import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadDefinitions, storedSchema } from "../../../scripts/schema.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { graft, TOMORROW, type Graft } from "../testing/grafting.ts";
import { kitOf } from "../testing/kits.ts";
import { neighboursOf } from "../testing/nearby.ts";
import type { Random } from "../testing/random.ts";
import { rewritingS3, type RewritingBucket } from "../testing/rewriting-s3.ts";
import { documentIn, join, modelOf, nameOf, operationOf, pathsIn, pathsOf, type Fields } from "../testing/sdk-model.ts";
import { SETTINGS } from "./index.ts";
import type { Setting } from "./setting.ts";

/**
 * A Put replaces a whole document. So a spec must be able to express every field of the SDK's model, or our write of
 * another field must keep it. The same holds for fields that only a later SDK will know, at every place.
 */

/** Number of samples: enough to set every field; few of them are changed. */
const SAMPLES = 60;
const CHANGED = 30;
const SEED = 7;

/**
 * A Put without MFA delete keeps it, and the operator does not write versioning while it is enabled.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
 */
const LEFT_BY_S3 = new Set(["versioning: MFADelete"]);
/** Whether an unknown field is tried in an element of the setting's document. */
function takes(setting: Setting, path: string): boolean {
  const { closed } = kitOf(setting.name);
  return closed === undefined || (closed === "Root" && path !== "");
}

/** Not written as a document of the model: tags one by one, and the policy as text, which policy.test.ts covers. */
const OTHERWISE = new Set(["tags", "policy"]);

const [schema] = loadDefinitions()
  .filter(({ spec }) => spec.names.kind === "S3Bucket")
  .map((definition) => storedSchema(definition).properties?.spec);

const context = settingContextWith({
  operator: { callerArn: "", actions: [] },
  kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
});

/** Reads return what was put. */
const VERBATIM: Random = { below: () => 0, coin: () => true, shuffled: (items) => [...items] };

/** The last version of each document that was put, by name: "inventory a". */
function put({ calls }: RewritingBucket): Map<string, Fields> {
  return new Map(
    calls.flatMap(({ command, input }) => {
      const operation = operationOf(command);
      if (operation?.method !== "PUT") return [];
      return [[nameOf(operation, input), documentIn(operation, input)] as const];
    }),
  );
}

async function bucketWith(setting: Setting, value: unknown): Promise<RewritingBucket> {
  const s3 = rewritingS3(VERBATIM);
  await setting.write(s3.bucket, setting.desired({ [setting.name]: value }, context), await setting.observe(s3.bucket));
  return s3;
}

/** The same bucket, with more in its answers. */
function grafted(
  setting: Setting,
  { bucket }: RewritingBucket,
  isSaid: (path: string) => boolean,
): { s3: typeof bucket.s3; grafts: Graft[] } {
  const grafts: Graft[] = [];
  const send = async (command: { constructor: { name: string } }, ...rest: never[]) => {
    const answer = (await bucket.s3.send(command as never, ...rest)) as unknown as Fields;
    grafts.push(...graft(command.constructor.name, answer, isSaid, (path) => takes(setting, path)));
    return answer;
  };
  return { s3: { send } as unknown as typeof bucket.s3, grafts };
}

/** Whether a path equals another one or is below it. */
function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function at(document: Fields | undefined, place: Graft["place"]): unknown {
  return place.reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], document);
}

/** Criteria of a filter may move into its `And`. */
function whereabouts({ place }: Graft): Graft["place"] {
  const filter = place.indexOf("Filter");
  return filter === -1 ? place : place.slice(0, filter + 1);
}

/** A value that differs in one place and has the same entries. */
function changed(name: string, value: unknown): unknown[] {
  const text = JSON.stringify(value)
    .replaceAll(/"(prefix|hostName|targetPrefix|accessPointArn)":"[^"]*"/g, '"$1":"other/"')
    .replaceAll(/("tags":\{"[^"]*"):"[^"]*"/g, '$1:"other"');
  const others = neighboursOf(value, schema?.properties?.[name] ?? {}).filter(({ removed }) => removed === undefined);
  return [JSON.parse(text), ...others.map((each) => each.value)];
}

/** All elements on a path, including the document. */
function elementsOn(path: string): string[] {
  const names = path.split(".").slice(0, -1);
  return names.reduce((above, name) => [...above, join(above.at(-1) ?? "", name)], [""]);
}

const TRIED = SETTINGS.filter(({ name }) => !OTHERWISE.has(name));

describe.each(TRIED.map((setting) => [setting.name, setting] as const))("%s", (name, setting) => {
  const values = fc.sample<unknown>(kitOf(name).arbitrary, { numRuns: SAMPLES, seed: SEED });

  test("a spec can express each field of the model, or a write keeps it", async () => {
    const buckets = await Promise.all(values.map((value) => bucketWith(setting, value)));
    const said = new Set(buckets.flatMap((s3) => [...put(s3).values()].flatMap((document) => pathsIn(document, ""))));
    const isSaid = (path: string) => [...said].some((each) => isBelow(each, path));
    const model = modelIn(buckets);
    expect([...said].filter((path) => ![...model].some((each) => isBelow(each, path)))).toEqual([]);

    const survived = new Set<string>();
    for (const value of values.slice(0, CHANGED)) {
      for (const other of changed(name, value)) {
        const s3 = await bucketWith(setting, value);
        const { s3: client, grafts } = grafted(setting, s3, isSaid);
        const observed = await setting.observe({ ...s3.bucket, s3: client });
        s3.calls.length = 0;
        await setting.write(s3.bucket, setting.desired({ [name]: other }, context), observed);
        const fresh = put(await bucketWith(setting, other));
        for (const each of grafts) {
          const document = put(s3).get(each.document);
          // Not written, or its parent left the spec.
          if (document === undefined || at(fresh.get(each.document), each.place) === undefined) continue;
          const kept = JSON.stringify(at(document, whereabouts(each)) ?? null);
          const lost = kept.includes(`"${each.text}"`) ? [] : each.names;
          const left = lost.filter((field) => !LEFT_BY_S3.has(`${each.document}: ${field}`));
          expect(left.map((field) => `${each.document}: ${each.place.join(".")}.${field} of ${kept}`)).toEqual([]);
          for (const field of each.names) survived.add(join(each.path, field));
        }
      }
    }
    const isKept = (path: string) => [...survived].some((each) => isBelow(path, each));
    expect([...model].filter((path) => !said.has(path) && !isKept(path))).toEqual([]);
    const elements = new Set([...said].flatMap(elementsOn).filter((path) => takes(setting, path)));
    expect([...elements].filter((path) => !isKept(join(path, TOMORROW)))).toEqual([]);
  });
});

/** All fields that the model has for the documents of these buckets. */
function modelIn(buckets: readonly RewritingBucket[]): Set<string> {
  const operations = buckets.flatMap(({ calls }) => calls.map(({ command }) => operationOf(command)));
  return new Set(
    operations.flatMap((operation) =>
      operation?.method === "PUT" ? modelOf(operation).flatMap(([field, member]) => pathsOf(member, field)) : [],
    ),
  );
}
