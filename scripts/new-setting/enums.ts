/** Reads the words of S3's enums from the declarations of the AWS SDK: its schemas have them as plain strings. */
import { readFileSync } from "node:fs";

const DECLARATIONS = new URL("../../node_modules/@aws-sdk/client-s3/dist-types/models/", import.meta.url);
const MODELS = ["enums.d.ts", "models_0.d.ts", "models_1.d.ts"].map((file) =>
  readFileSync(new URL(file, DECLARATIONS), "utf8"),
);

/** The words that a member of a structure takes, in the SDK's order; undefined if it is not an enum. */
export function enumOf(structure: string, member: string): string[] | undefined {
  const body = inDeclarations(new RegExp(`^export interface ${structure} (?:extends \\w+ )?\\{\\n(.*?)^\\}`, "ms"));
  const type = new RegExp(`^ +${member}\\??: (\\w+)`, "m").exec(body ?? "")?.[1];
  const words = inDeclarations(new RegExp(`^export declare const ${type}: \\{\\n(.*?)^\\}`, "ms"));
  return words === undefined ? undefined : [...words.matchAll(/: "(.*)";/g)].map(([, word = ""]) => word);
}

function inDeclarations(pattern: RegExp): string | undefined {
  return MODELS.flatMap((text) => pattern.exec(text)?.[1] ?? [])[0];
}
