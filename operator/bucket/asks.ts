import type { Ask } from "../account/guardrails.ts";
import type { PublicAccessBlock, S3BucketSpec } from "../api/types.ts";
import { bucketArn, partitionOf } from "../aws/arn.ts";
import { SID_PREFIX } from "./policy/compose.ts";
import { statementsOf } from "./policy/templates/index.ts";
import type { Address } from "./target.ts";

/** All that a spec asks for and guardrails can be about, by the fields in which it does. Pure. */
export function asksOf(spec: S3BucketSpec, address: Address): Ask[] {
  return [
    { kind: "Encryption", field: "spec.encryption.sseAlgorithm", sseAlgorithm: spec.encryption?.sseAlgorithm },
    ...publicAccess(spec),
    ...statements(spec, address),
    ...keysAndDestinations(spec),
    ...notified(spec),
  ];
}

const SWITCHES: readonly (keyof PublicAccessBlock)[] = [
  "blockPublicAcls",
  "ignorePublicAcls",
  "blockPublicPolicy",
  "restrictPublicBuckets",
];

function publicAccess({ publicAccessBlock, objectOwnership, baseline }: S3BucketSpec): Ask[] {
  const off = SWITCHES.filter((name) => publicAccessBlock?.[name] === false);
  const asks = off.map((name) => opening(`spec.publicAccessBlock.${name}`, "set it to true"));
  // ACLs may let in everybody unless it is certain that something blocks that.
  const hasAcls = objectOwnership !== undefined && objectOwnership !== "BucketOwnerEnforced";
  if (!hasAcls || publicAccessBlock !== undefined || baseline === "Secure") return asks;
  return [...asks, opening("spec.objectOwnership", "set spec.publicAccessBlock too, or BucketOwnerEnforced here")];
}

function opening(field: string, remedy: string): Ask {
  return { kind: "PublicAccess", field, remedy };
}

/** Judged as AWS will read them, whatever field they come from. Only those that allow count, which depend on neither baseline nor caller. */
function statements({ policy }: S3BucketSpec, { account, bucketName, region }: Address): Ask[] {
  const { accountId } = account.spec;
  const partition = partitionOf(region);
  const bucket = { partition, accountId, bucketArn: bucketArn(partition, bucketName) };
  return statementsOf(policy, { ...bucket, baseline: false, callerArn: "", encryption: {} })
    .filter(({ Effect }) => Effect === "Allow")
    .map((statement) => ({ kind: "Statement", field: fieldOf(statement.Sid ?? ""), statement }));
}

function fieldOf(sid: string): string {
  const name = sid.slice(SID_PREFIX.length);
  if (name.startsWith("Spec")) return `spec.policy.statements[${name.slice("Spec".length)}]`;
  return name === "AllowCloudFront" ? "spec.policy.cloudFrontDistributions" : "spec.policy.logDelivery";
}

/** Where data goes to, and whose keys it is under. A destination of no account may be anybody's. */
function keysAndDestinations({ encryption, replication, inventory, analytics }: S3BucketSpec): Ask[] {
  return [
    ...key("spec.encryption.kmsKey.arn", encryption?.kmsKey?.arn),
    ...(replication?.rules ?? []).flatMap(({ id, destination }) => {
      const field = `spec.replication.rules[${id}].destination`;
      return [
        naming(`${field}.account`, destination.account),
        ...key(`${field}.replicaKmsKeyArn`, destination.replicaKmsKeyArn),
      ];
    }),
    ...(inventory?.configurations ?? []).flatMap(({ id, destination }) => {
      const field = `spec.inventory.configurations[${id}].destination`;
      return [
        naming(`${field}.accountId`, destination.accountId),
        ...key(`${field}.encryption.kmsKeyArn`, destination.encryption?.kmsKeyArn),
      ];
    }),
    ...(analytics?.configurations ?? []).flatMap(({ id, dataExport }) => {
      const field = `spec.analytics.configurations[${id}].dataExport.bucketAccountId`;
      return dataExport === undefined ? [] : [naming(field, dataExport.bucketAccountId)];
    }),
  ];
}

/** Who hears of every object. */
function notified({ notifications }: S3BucketSpec): Ask[] {
  const { queues = [], topics = [], lambdaFunctions = [] } = notifications ?? {};
  const field = "spec.notifications";
  return [
    ...queues.map(({ id, queueArn }) => naming(`${field}.queues[${id}]`, queueArn)),
    ...topics.map(({ id, topicArn }) => naming(`${field}.topics[${id}]`, topicArn)),
    ...lambdaFunctions.map(({ id, lambdaFunctionArn }) => naming(`${field}.lambdaFunctions[${id}]`, lambdaFunctionArn)),
  ];
}

function naming(field: string, named: string | undefined): Ask {
  return { kind: "Account", field, named };
}

function key(field: string, arn: string | undefined): Ask[] {
  return arn === undefined ? [] : [naming(field, arn)];
}
