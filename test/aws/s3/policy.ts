/** Bucket policies: FACTS.md#s3-bucket-policies. */

import type { Reply } from "../http.ts";
import { shuffled } from "../normalise.ts";
import type { Bucket } from "../state.ts";
import { accountOf } from "../world.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import { restorePrincipals, storePrincipals } from "./policy-principals.ts";
import { isPublicPolicy } from "./policy-public.ts";
import { isOn } from "./public-access-block.ts";
import { absent, accessDenied, type Exchange, type Subresource } from "./route.ts";

export const policy: Subresource = {
  name: "policy",
  level: "bucket",
  query: "policy",
  methods: {
    GET: { operation: "GetBucketPolicy", action: "s3:GetBucketPolicy", write: false, handle: getPolicy },
    PUT: { operation: "PutBucketPolicy", action: "s3:PutBucketPolicy", write: true, handle: putPolicy },
    DELETE: {
      operation: "DeleteBucketPolicy",
      action: "s3:DeleteBucketPolicy",
      write: true,
      handle: (bucket) => {
        bucket.policy = undefined;
        return { status: 204 };
      },
    },
  },
};

/** The stored policy, or 404 NoSuchBucketPolicy. */
export function policyOf(bucket: Bucket): PolicyDocument {
  if (bucket.policy === undefined) throw absent("NoSuchBucketPolicy", "The bucket policy does not exist", bucket);
  return JSON.parse(bucket.policy) as PolicyDocument;
}

function getPolicy(bucket: Bucket, { world, normalise }: Exchange): Reply {
  const stored = policyOf(bucket);
  const seed = normalise.reorderPolicy === true ? world.next() : 0;
  const shown = collapsed(restorePrincipals(world, seed === 0 ? stored : reordered(stored, seed)));
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(shown) };
}

function putPolicy(bucket: Bucket, { request, world, caller }: Exchange): Reply {
  const document = parsePolicy(request.body.toString("utf8"), bucket.name);
  const stored = storePrincipals(world, document);
  const { publicAccessBlock } = accountOf(world, bucket.accountId);
  if (isOn("BlockPublicPolicy", bucket.publicAccessBlock, publicAccessBlock) && isPublicPolicy(document)) {
    throw accessDenied(
      `User: ${caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
  }
  bucket.policy = JSON.stringify(stored);
  return { status: 204 };
}

/** Reorders statements and all lists in them. Fields keep their order. */
function reordered(document: PolicyDocument, seed: number): PolicyDocument {
  return mapLists(document, (items) => shuffled(items, seed)) as PolicyDocument;
}

/** Replaces lists of one element by the element, except `Statement`. */
function collapsed(document: PolicyDocument): PolicyDocument {
  const Statement = document.Statement.map((statement) =>
    mapLists(statement, (items) => (items.length === 1 ? items[0] : items)),
  );
  return { ...document, Statement } as PolicyDocument;
}

function mapLists(value: unknown, change: (items: unknown[]) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item) => mapLists(item, change)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapLists(inner, change)]));
}
