import { expect, test } from "vitest";
import type { BucketAccess } from "../../api/types.ts";
import { awsAccount } from "../../bucket/testing/fixtures.ts";
import type { KubeClient } from "../../kube/client.ts";
import { bucketAccess } from "../testing/objects.ts";
import { liveAccesses, type LiveOptions } from "./live.ts";

const OURS = { shard: "a" };
const access = (name: string, namespace: string, labels: Record<string, string> = OURS, more = {}) =>
  bucketAccess({}, { name, namespace, labels, uid: `${namespace}/${name}`, ...more });

interface Selection {
  namespace?: string;
  labelSelector?: string;
  continue?: string;
}

/** An API server that lists one object per page. */
function serverWith(objects: readonly BucketAccess[]) {
  const lists: Selection[] = [];
  const list = async (_resource: unknown, selection: Selection) => {
    lists.push(selection);
    const { namespace, labelSelector, continue: start = "0" } = selection;
    const selected = objects
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .filter(({ metadata }) => labelSelector === undefined || labelSelector === `shard=${metadata.labels?.["shard"]}`);
    const next = Number(start) + 1;
    return { items: selected.slice(Number(start), next), ...(next < selected.length && { continue: String(next) }) };
  };
  return { client: { list } as unknown as KubeClient, lists };
}

function liveOf(objects: readonly BucketAccess[], more: Partial<LiveOptions> = {}) {
  const { client, lists } = serverWith(objects);
  const live = liveAccesses({
    client,
    accountId: "111122223333",
    watchNamespaces: [],
    watchSelector: undefined,
    wantedIn: () => awsAccount(),
    signal: new AbortController().signal,
    ...more,
  });
  return { live, lists };
}

const namesOf = (accesses: readonly BucketAccess[]) => accesses.map(({ metadata }) => metadata.uid);
const ALL = [access("one", "team"), access("two", "team"), access("three", "other")];

test("asks for all pages, of one namespace or of all", async () => {
  const { live } = liveOf(ALL);
  expect(namesOf(await live.asking())).toEqual(["team/one", "team/two", "other/three"]);
  expect(namesOf(await live.asking("team"))).toEqual(["team/one", "team/two"]);
});

test("leaves out what is being deleted, refused, or wanted in another account", async () => {
  const deleted = access("deleted", "team", OURS, { deletionTimestamp: "2026-01-01T00:00:00Z" });
  expect(namesOf(await liveOf([deleted, ...ALL]).live.asking("other"))).toEqual(["other/three"]);
  expect(namesOf(await liveOf([deleted]).live.asking())).toEqual([]);
  expect(namesOf(await liveOf(ALL, { wantedIn: () => undefined }).live.asking())).toEqual([]);
  const elsewhere = awsAccount({ accountId: "444455556666" });
  expect(namesOf(await liveOf(ALL, { wantedIn: () => elsewhere }).live.asking())).toEqual([]);
  expect(namesOf(await liveOf(ALL, { wantedIn: () => "Undecided" }).live.asking())).toHaveLength(3);
});

test("counts all of other operators, whose accounts are not known here", async () => {
  const theirs = access("theirs", "team", { shard: "b" });
  const { live } = liveOf([theirs, ...ALL], { watchSelector: "shard=a", wantedIn: () => undefined });
  expect(namesOf(await live.asking())).toEqual(["team/theirs"]);
  expect(namesOf(await live.asking("other"))).toEqual([]);
});

test("the first look is at all watched namespaces, once", async () => {
  const { live, lists } = liveOf(ALL, { watchNamespaces: ["other", "none"] });
  expect(namesOf(await live.askingAtFirst())).toEqual(["other/three"]);
  expect(await live.askingAtFirst()).toEqual(await live.askingAtFirst());
  expect(lists.map(({ namespace }) => namespace)).toEqual(["other", "none"]);
  expect(namesOf(await liveOf(ALL).live.askingAtFirst())).toHaveLength(3);
});
