import type { Explanation } from "./explanation.ts";
import { isOnObjects, type Question } from "./question.ts";

/** One line for each layer, then the conclusion. */
export function render({ layers, conclusion }: Explanation, question: Question | undefined): string {
  const width = Math.max(...layers.map(({ name }) => name.length));
  const lines = layers.map(({ name, state, detail, remedy }) => {
    const advice = state === "cannot tell" ? ` (${remedy})` : "";
    return `${name.padEnd(width)}  ${state.padEnd("cannot tell".length)}  ${detail}${advice}`;
  });
  return [...(question ? [sentence(question), ""] : []), ...lines, "", conclusion].map(oneLine).join("\n") + "\n";
}

function sentence({ roleArn, action, bucket, key, prefix }: Question): string {
  const what = isOnObjects(action)
    ? `${bucket.arn}/${key}`
    : `${bucket.arn}${prefix === undefined ? "" : ` with prefix '${prefix}'`}`;
  return `May ${roleArn} do ${action} on ${what}?`;
}

/** Names and messages in policies and conditions may contain control characters. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trimEnd();
}
