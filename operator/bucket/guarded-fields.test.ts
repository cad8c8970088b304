import { expect, test } from "vitest";
import { asksOf } from "./guardrails.ts";
import { awsAccount, OWNER } from "./testing/fixtures.ts";
import { namingFieldsOf, unknownNamesOf, type NamingField } from "./testing/naming-fields.ts";

/* A field that names an account, a role, a key, a bucket or a principal: guardrails must hear of it. */

/** Fields that guardrails need not hear of, by reason. */
const EXEMPT: Readonly<Record<string, readonly string[]>> = {
  "names an AWSAccount, which must admit the namespace": ["accountRef.name"],
  "is the bucket's own name: tags prove the ownership, and naming.allowedPatterns limits names": ["bucketName"],
  "names a key in the account itself; the key's policy decides who may use it": ["encryption.kmsKey.alias"],
  "lets namespaces of this cluster ask for access; the account must admit them too": [
    "access.rules[].namespaces.names[]",
    "access.rules[].namespaces.selector.matchLabels{key}",
    "access.rules[].namespaces.selector.matchLabels{}",
    "access.rules[].namespaces.selector.matchExpressions[].key",
    "access.rules[].namespaces.selector.matchExpressions[].values[]",
  ],
  "is a filter, to which nothing is sent": ["metrics.configurations[].filter.accessPointArn"],
  "is an identifier in the bucket's own configuration": [
    "lifecycle.rules[].id",
    "cors.rules[].id",
    "policy.statements[].sid",
    "notifications.queues[].id",
    "notifications.topics[].id",
    "notifications.lambdaFunctions[].id",
    "intelligentTiering.configurations[].id",
    "replication.rules[].id",
    "inventory.configurations[].id",
    "metrics.configurations[].id",
    "analytics.configurations[].id",
  ],
  "is a key of an object, or a part of one": [
    "lifecycle.rules[].filter.prefix",
    "logging.targetPrefix",
    "notifications.queues[].filter.prefix",
    "notifications.queues[].filter.suffix",
    "notifications.topics[].filter.prefix",
    "notifications.topics[].filter.suffix",
    "notifications.lambdaFunctions[].filter.prefix",
    "notifications.lambdaFunctions[].filter.suffix",
    "intelligentTiering.configurations[].filter.prefix",
    "replication.rules[].filter.prefix",
    "replication.rules[].filter.not.prefixes[]",
    "inventory.configurations[].filter.prefix",
    "inventory.configurations[].destination.prefix",
    "metrics.configurations[].filter.prefix",
    "analytics.configurations[].filter.prefix",
    "analytics.configurations[].dataExport.prefix",
    "website.indexDocument",
    "website.errorDocument",
    "website.routingRules[].condition.keyPrefixEquals",
    "website.routingRules[].redirect.replaceKeyPrefixWith",
    "website.routingRules[].redirect.replaceKeyWith",
  ],
  "is a tag of the bucket or of objects": [
    "lifecycle.rules[].filter.tags{key}",
    "lifecycle.rules[].filter.tags{}",
    "intelligentTiering.configurations[].filter.tags{key}",
    "intelligentTiering.configurations[].filter.tags{}",
    "replication.rules[].filter.tags{key}",
    "replication.rules[].filter.tags{}",
    "replication.rules[].filter.not.tags[].key",
    "replication.rules[].filter.not.tags[].value",
    "metrics.configurations[].filter.tags{key}",
    "metrics.configurations[].filter.tags{}",
    "analytics.configurations[].filter.tags{key}",
    "analytics.configurations[].filter.tags{}",
    "tags{key}",
    "tags{}",
  ],
  "is for browsers: S3 checks their requests as any other": [
    "cors.rules[].allowedOrigins[]",
    "cors.rules[].allowedHeaders[]",
    "cors.rules[].exposeHeaders[]",
    "website.redirectAllRequestsTo.hostName",
    "website.routingRules[].redirect.hostName",
  ],
};

const fields = namingFieldsOf("S3Bucket");
const exempt = Object.values(EXEMPT).flat();

/** What guardrails hear of a field with this name. */
function asksAbout({ specWith }: NamingField, name: string) {
  const address = { account: awsAccount(), owner: OWNER, bucketName: "docs", region: "eu-central-1" };
  return asksOf(specWith(name), address).filter((ask) => JSON.stringify(ask).includes(JSON.stringify(name)));
}

function isAskedAbout(field: NamingField): boolean {
  return field.names.every((name) => asksAbout(field, name).length > 0);
}

test("guardrails hear of every field that can name something outside the S3Bucket", () => {
  const forgotten = fields.filter((field) => !exempt.includes(field.path) && !isAskedAbout(field));
  expect(
    forgotten.map(({ path }) => `spec.${path}`),
    "Return an ask for the field in `asks` of its setting, or add the field to EXEMPT of this test, and say why",
  ).toEqual([]);
});

test("a violation names the setting in which the user finds the field", () => {
  const nameless = fields.filter((field) => {
    const setting = `spec.${field.path.split(/[.[{]/, 1)[0]}`;
    return field.names.some((name) => asksAbout(field, name).some((ask) => !ask.field.startsWith(setting)));
  });
  expect(nameless.map(({ path }) => path)).toEqual([]);
});

test("no field is exempt that is gone, or that guardrails hear of", () => {
  const silent = new Set(fields.filter((field) => !isAskedAbout(field)).map(({ path }) => path));
  expect(exempt.filter((path) => !silent.has(path))).toEqual([]);
});

test("the names that are tried are of every kind that the CRD takes", () => {
  expect(unknownNamesOf("S3Bucket"), "Add a name that the field accepts to NAMES of testing/naming-fields.ts").toEqual(
    [],
  );
});
