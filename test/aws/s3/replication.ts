/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html */

import type { Reply } from "../http.ts";
import type { Bucket, World } from "../state.ts";
import { findBucket } from "../world.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { checkReplicationRules, destinationName } from "./replication-rules.ts";
import {
  absent,
  configurationReply,
  invalidArgument,
  invalidRequest,
  malformedXml,
  requestDocument,
  type Exchange,
  type Subresource,
} from "./route.ts";

export const replication: Subresource = {
  name: "replication",
  level: "bucket",
  query: "replication",
  methods: {
    GET: {
      operation: "GetBucketReplication",
      action: "s3:GetReplicationConfiguration",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.replication === undefined) {
          const message = "The replication configuration was not found";
          throw absent("ReplicationConfigurationNotFoundError", message, bucket);
        }
        return configurationReply(exchange, bucket.replication);
      },
    },
    PUT: {
      operation: "PutBucketReplication",
      action: "s3:PutReplicationConfiguration",
      furtherActions: () => ["iam:PassRole"],
      write: true,
      headers: ["x-amz-bucket-object-lock-token"],
      handle: putReplication,
    },
    DELETE: {
      operation: "DeleteBucketReplication",
      action: "s3:PutReplicationConfiguration",
      write: true,
      handle: (bucket) => {
        bucket.replication = undefined;
        return { status: 204 };
      },
    },
  },
};

function putReplication(bucket: Bucket, { request, world }: Exchange): Reply {
  const document = requestDocument(request, "ReplicationConfiguration");
  const role = textAt(document, "Role");
  if (role === undefined) throw malformedXml();
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(role)) throw invalidArgument("Invalid Role ARN", "Role", role);
  const rules = childrenNamed(document, "Rule");
  checkReplicationRules(rules);
  if (bucket.versioning !== "Enabled") {
    throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  for (const rule of rules) checkDestination(bucket, rule, world);
  bucket.replication = { ...document, children: document.children.map((each) => withId(each, world)) };
  return { status: 200 };
}

/** A missing destination, in any account, is answered like one without versioning: FACTS.md#s3-replication. */
function checkDestination(source: Bucket, rule: XmlElement, world: World): void {
  const name = destinationName(rule);
  if (name === source.name) throw invalidRequest("Destination bucket cannot be the same as the source bucket.");
  const destination = findBucket(world, name);
  if (destination?.versioning !== "Enabled") {
    throw invalidRequest("Destination bucket must have versioning enabled.");
  }
  const account = textAt(rule, "Destination", "Account");
  if (account !== undefined && account !== destination.accountId) {
    throw invalidArgument("The account specified is not the owner of the destination bucket.", "Account", account);
  }
}

/** Adds a generated ID if the rule has none, as S3 does. */
function withId(rule: XmlElement, world: World): XmlElement {
  if (rule.name !== "Rule" || (textAt(rule, "ID") ?? "") !== "") return rule;
  const others = rule.children.filter(({ name }) => name !== "ID");
  return { ...rule, children: [element("ID", `generated-${world.next()}`), ...others] };
}
