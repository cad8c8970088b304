/**
 * Begins a new bucket setting: `npm run new-setting NAME -- --absent CODE`. See docs/recipes.md.
 * NAME is the field of the spec, such as `website`. S3's calls are GetBucketNAME, PutBucketNAME and DeleteBucketNAME;
 * --get, --put and --delete name others. --absent is the error code with which S3 answers the GET when nothing is
 * configured.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { kebabCase } from "./kebab-case.ts";
import { modelOf, type Model } from "./new-setting/model.ts";
import * as print from "./new-setting/print.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TEMPLATES = new URL("new-setting/templates/", import.meta.url);
const SETTINGS = "operator/bucket/settings";

/** The values of the {{words}} in the templates. */
function wordsOf(name: string, absent: string, model: Model): Record<string, string> {
  const { calls, actions, payload, putType, gotType, answer } = model;
  const isSame = putType === gotType;
  const put = `s3.send(new ${calls.put}Command({ ...ref, ${payload}: `;
  const writeActions = [...new Set([actions.put, actions.delete])];
  return {
    name,
    file: kebabCase(name),
    absent,
    ...calls,
    getAction: actions.get,
    putAction: actions.put,
    deleteAction: actions.delete,
    writeActions: JSON.stringify(writeActions),
    query: model.query,
    method: model.method,
    payload,
    putType,
    gotType,
    putRoot: model.putRoot,
    typeImports: [...new Set([putType, gotType])].map((type) => `type ${type},`).join(" "),
    fields: print.fieldsOf(model),
    document: print.documentOf(model),
    spec: print.specOf(model),
    observed:
      answer === undefined
        ? "const { $metadata: _, ...document } = answer ?? {}; return document;"
        : `return answer?.${answer} ?? {};`,
    write: isSame
      ? `await ${put}carryOver(toDocument(desired), observed, FIELDS) }), options);`
      : `// S3 cannot change the configuration: delete it and create it again.\nawait deleteSeen(bucket, observed, new ${calls.delete}Command(ref)); await ${put}toDocument(desired) }), options);`,
    specA: print.specSample(model, "a"),
    specB: print.specSample(model, "b"),
    documentA: print.documentSample(model, "a"),
    answerA: print.answerSample(model, "a"),
    arbitrary: print.arbitraryOf(model),
    kitAnswer: kitAnswerOf(model),
    xml: print.xmlOf(model),
    xmlImports: isSame ? "" : "{ element, textAt }",
  };
}

function kitAnswerOf(model: Model): string {
  const document = `withUnknown(${print.rewritten(model)} as object as Document, random)`;
  return model.answer === undefined ? document : `{ ${model.answer}: ${document} }`;
}

async function write(path: string, text: string): Promise<void> {
  const formatted = path.endsWith(".yaml") ? text : await format(text, { parser: "typescript", printWidth: 120 });
  await writeFile(join(ROOT, path), formatted);
  console.log(`wrote ${path}`);
}

async function fill(template: string, path: string, words: Record<string, string>): Promise<void> {
  const text = await readFile(new URL(`${template}.template`, TEMPLATES), "utf8");
  const filled = text.replaceAll(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? `{{${word}}}`);
  // Without the imports that this setting does not need.
  const used = filled
    .replace(/^import\s+from .*\n/m, "")
    .replace(filled.includes("carryOver(") ? /$^/ : /^import \{ carryOver \}.*\n/m, "");
  await write(path, used);
}

/** Inserts each `line` right before its `anchor`, which must occur exactly once in the file. */
async function insert(path: string, ...rows: [anchor: string, line: string][]): Promise<void> {
  let text = await readFile(join(ROOT, path), "utf8");
  for (const [anchor, line] of rows) {
    if (text.split(anchor).length !== 2)
      throw new Error(`${path} must contain this exactly once, to insert a line before it: ${anchor}`);
    text = text.replace(anchor, () => line + anchor);
  }
  await write(path, text);
}

async function begin(name: string, absent: string, model: Model): Promise<void> {
  const words = wordsOf(name, absent, model);
  const file = kebabCase(name);
  await fill("setting.ts", `${SETTINGS}/${file}.ts`, words);
  await fill("setting.test.ts", `${SETTINGS}/${file}.test.ts`, words);
  await fill("kit.ts", `operator/bucket/testing/kits/${file}.ts`, words);
  await fill("simulator.ts", `test/aws/s3/${file}.ts`, words);
  await fill("contract.test.ts", `test/aws/contract/${file}.test.ts`, words);

  const importRow = `import { ${name} } from "./${file}.ts";\n`;
  await insert(`${SETTINGS}/index.ts`, ["];\n", `  ${name},\n`], ["import { versioning }", importRow]);
  await insert(
    "test/aws/s3/subresources.ts",
    ["  listObjects,\n", `  ${name},\n`],
    ["import { versioning }", importRow],
  );
  await insert("test/aws/state.ts", [
    '  requestPayer: "BucketOwner" | "Requester";\n',
    `  ${name}: XmlElement | undefined;\n`,
  ]);
  await insert("test/aws/world.ts", ['    requestPayer: "BucketOwner",\n', `    ${name}: undefined,\n`]);
  await insert("crds/s3buckets.yaml", [
    "                access:\n                  type: object\n                  title: BucketConsent\n",
    print.crdBlock(model, name, " ".repeat(16)),
  ]);
  const codes = await readFile(join(ROOT, "operator/aws/error-codes.ts"), "utf8");
  if (!codes.includes(`"${absent}"`))
    await insert("operator/aws/error-codes.ts", ['  "NoSuchBucketPolicy",\n', `  "${absent}",\n`]);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { get: { type: "string" }, put: { type: "string" }, delete: { type: "string" }, absent: { type: "string" } },
});
const [name] = positionals;
if (name === undefined || !/^[a-z][A-Za-z0-9]*$/.test(name) || values.absent === undefined) {
  throw new Error("Usage: npm run new-setting NAME -- --absent CODE [--get CALL] [--put CALL] [--delete CALL]");
}
const api = name.charAt(0).toUpperCase() + name.slice(1);
const { get = `GetBucket${api}`, put = `PutBucket${api}`, delete: remove = `DeleteBucket${api}` } = values;
await begin(name, values.absent, await modelOf({ get, put, delete: remove }));
