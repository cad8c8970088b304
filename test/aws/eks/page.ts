/** Paginates lists: https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html */

import { invalidParameter, text, type EksInput } from "./route.ts";

const MAX_RESULTS = 100;

/** One page of the items, sorted by name. `rest` has the token of the next page if there is one. */
export function pageOf<Item>(
  all: Item[],
  nameOf: (item: Item) => string,
  input: EksInput,
): { items: Item[]; rest: { nextToken?: string } } {
  const limit = Number(input["maxResults"] ?? MAX_RESULTS);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_RESULTS) throw invalidParameter("maxResults is not valid");
  const marker = Buffer.from(text(input, "nextToken") ?? "", "base64url").toString("utf8");
  const after = all.filter((item) => nameOf(item) > marker).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const items = after.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || after.length === items.length) return { items, rest: {} };
  return { items, rest: { nextToken: Buffer.from(nameOf(last)).toString("base64url") } };
}
