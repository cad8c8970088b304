import type { Question } from "./question.ts";
import { isOnObjects } from "./question.ts";
import type { Verdict } from "./verdict.ts";

/** A line for each layer, then the conclusion. */
export function render({ layers, conclusion }: Verdict, question: Question | undefined): string {
  const width = Math.max(...layers.map(({ name }) => name.length));
  const lines = layers.map(({ name, state, detail, remedy }) => {
    const advice = state === "cannot tell" ? ` (${remedy})` : "";
    return `${name.padEnd(width)}  ${state.padEnd("cannot tell".length)}  ${detail}${advice}`;
  });
  return [...(question ? [ask(question), ""] : []), ...lines, "", conclusion].map(oneLine).join("\n") + "\n";
}

function ask({ roleArn, action, bucket, key, prefix }: Question): string {
  const what = isOnObjects(action)
    ? `${bucket.arn}/${key}`
    : `${bucket.arn}${prefix === undefined ? "" : ` with prefix '${prefix}'`}`;
  return `May ${roleArn} do ${action} on ${what}?`;
}

/** Names of others, in policies and conditions, must not play with the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trimEnd();
}
