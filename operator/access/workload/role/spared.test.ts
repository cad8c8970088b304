import { expect, test } from "vitest";
import type { RoleOwner } from "../../../api/ownership.ts";
import type { AWSAccount, BucketAccess } from "../../../api/types.ts";
import { awsAccount, s3Bucket } from "../../../bucket/testing/fixtures.ts";
import type { AccessContext, AccessDependencies } from "../../dependencies.ts";
import { bucketAccess, directoryOf } from "../../testing/objects.ts";
import { policyNameOf } from "./name.ts";
import { findSpared } from "./spared.ts";

const OWNER: RoleOwner = { cluster: "prod", kind: "ServiceAccount", namespace: "team", name: "app" };
const ARN = "arn:aws:iam::111122223333:policy/sqs";
const OWN = bucketAccess({}, { name: "own", uid: "own" });
const ACCOUNT = awsAccount({ default: true, access: { rules: [{ policyArns: [ARN] }] } });

interface Case {
  /** On the API server, one per page. */
  listed: readonly BucketAccess[];
  /** Of those, the ones that the watch has. */
  seen?: readonly BucketAccess[];
  accounts?: readonly AWSAccount[];
  buckets?: Parameters<typeof directoryOf>[0];
  owner?: RoleOwner;
}

async function spared({ listed, seen = [], accounts = [ACCOUNT], buckets = [s3Bucket()], owner = OWNER }: Case) {
  const list = async (_resource: unknown, options: { namespace: string; continue?: string }) => {
    expect(options.namespace).toBe("team");
    const at = Number(options.continue ?? 0);
    return { items: listed.slice(at, at + 1), ...(at + 1 < listed.length && { continue: String(at + 1) }) };
  };
  const directory = directoryOf(buckets, accounts, {}, seen);
  const dependencies = { client: { list }, directory, cluster: "prod" } as unknown as AccessDependencies;
  const context = { object: OWN, signal: new AbortController().signal } as unknown as AccessContext;
  return findSpared(dependencies, context, owner, ACCOUNT);
}

const other = (name: string, spec: Partial<BucketAccess["spec"]> = {}, more = {}) =>
  bucketAccess(spec, { name, uid: name, ...more });

test("spares what the watch does not have yet, of all pages, with the policies that the account allows", async () => {
  const role = { policyArns: [ARN] };
  const forbidden = { policyArns: ["arn:aws:iam::111122223333:policy/admin"] };
  const listed = [OWN, other("one", { role }), other("two", { role: forbidden }), other("three")];
  // The account's rules refuse "two", and its S3Bucket is known.
  expect(await spared({ listed })).toEqual({
    names: ["one", "three"],
    policyNames: ["one", "three"].map((name) => policyNameOf({ cluster: "prod", namespace: "team", name })),
    policyArns: [ARN],
  });
});

test.each<[string, Case, string[]]>([
  ["what the watch has, since it is a contributor", { listed: [other("a")], seen: [other("a")] }, []],
  ["what the watch has and no AWSAccount", { listed: [other("a")], seen: [other("a")], accounts: [] }, ["a"]],
  ["what is refused", { listed: [other("a", { role: { policyArns: ["arn:aws:iam::1:policy/x"] } })] }, []],
  ["what names an S3Bucket that only another operator watches", { listed: [other("a")], buckets: [] }, ["a"]],
  ["the same, which the watch has", { listed: [other("a")], seen: [other("a")], buckets: [] }, []],
  ["what is being deleted", { listed: [other("a", {}, { deletionTimestamp: "2026-01-01T00:00:00Z" })] }, []],
  ["what names another ServiceAccount", { listed: [other("a", { serviceAccountRefs: [{ name: "b" }] })] }, []],
  ["in the role of one BucketAccess", { listed: [other("a")], owner: { ...OWNER, kind: "BucketAccess" } }, []],
])("%s", async (_case, given, names) => {
  expect((await spared(given)).names).toEqual(names);
});
