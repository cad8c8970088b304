import { ASSOCIATION_ACTIONS, PASS_ROLE_ACTIONS, ROLE_ACTIONS, SWEEP_ACTIONS } from "../operator/access/iam-actions.ts";
import { DEFAULT_ROLE_PATH } from "../operator/access/workload/role/name.ts";
import { OIDC_PROVIDER_ACTIONS } from "../operator/account/oidc-provider.ts";
import { PUBLIC_ACCESS_BLOCK_ACTIONS } from "../operator/account/public-access-block.ts";
import {
  actionsOf,
  BUCKET_ACTIONS,
  CLASSIC_TAGGING_ACTIONS,
  EMPTYING_ACTIONS,
  KEY_ACTIONS,
  KEY_CREATION_ACTIONS,
  MANAGED_KEY_ACTIONS,
  REPLICATION_ACTIONS,
} from "../operator/bucket/iam-actions.ts";
import { SETTINGS } from "../operator/bucket/settings/index.ts";
import type { Setting } from "../operator/bucket/settings/setting.ts";

interface IamStatement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/**
 * All actions that the operator may need in an account, a statement for each purpose, so that unused ones can be left
 * out. GetCallerIdentity needs no permission.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function operatorPolicy(partition: string): { Version: string; Statement: IamStatement[] } {
  return {
    Version: "2012-10-17",
    Statement: [...bucketStatements(partition), ...keyStatements(partition), ...accessStatements(partition)],
  };
}

function bucketStatements(partition: string): IamStatement[] {
  const buckets = `arn:${partition}:s3:::*`;
  return [
    allow("Bucket", BUCKET_ACTIONS, buckets),
    allow("ClassicTagging", CLASSIC_TAGGING_ACTIONS, buckets),
    allow("DeleteWithContents", EMPTYING_ACTIONS, buckets),
    ...SETTINGS.map((setting) => allow(sidOf(setting), actionsOf(setting), buckets)),
    allow("AccountPublicAccessBlock", PUBLIC_ACCESS_BLOCK_ACTIONS, "*"),
    allowToPass("ReplicationRole", REPLICATION_ACTIONS, `arn:${partition}:iam::*:role/*`, "s3.amazonaws.com"),
  ];
}

function keyStatements(partition: string): IamStatement[] {
  const [keys, aliases] = [`arn:${partition}:kms:*:*:key/*`, `arn:${partition}:kms:*:*:alias/*`];
  const onKeys = MANAGED_KEY_ACTIONS.filter((action) => !KEY_CREATION_ACTIONS.some((each) => each === action));
  return [
    allow("KMSKey", KEY_ACTIONS, keys),
    allow("ManagedKMSKey", onKeys, [keys, aliases]),
    allow("ManagedKMSKeyCreation", KEY_CREATION_ACTIONS, "*"),
  ];
}

/**
 * Writes are limited to the default role path of an AWSAccount. Reads are not: IAM cannot match the path of a role that
 * does not exist.
 */
function accessStatements(partition: string): IamStatement[] {
  const roles = `arn:${partition}:iam::*:role${DEFAULT_ROLE_PATH}*`;
  // By name, checked against the access levels of the service authorization reference: test/conformance/iam-actions.test.ts
  const isRead = (action: string) => /^iam:(Get|List)/.test(action);
  const eks = `arn:${partition}:eks:*:*`;
  return [
    allow("AccessOIDCProvider", OIDC_PROVIDER_ACTIONS, `arn:${partition}:iam::*:oidc-provider/*`),
    allow("AccessSweep", SWEEP_ACTIONS, "*"),
    allow("AccessRoleLook", ROLE_ACTIONS.filter(isRead), `arn:${partition}:iam::*:role/*`),
    allow(
      "AccessRole",
      ROLE_ACTIONS.filter((action) => !isRead(action)),
      roles,
    ),
    allow("AccessPodIdentity", ASSOCIATION_ACTIONS, [`${eks}:cluster/*`, `${eks}:podidentityassociation/*`]),
    allowToPass("AccessPodIdentityRole", PASS_ROLE_ACTIONS, roles, "pods.eks.amazonaws.com"),
  ];
}

function allow(Sid: string, actions: Iterable<string>, Resource: string | string[]): IamStatement {
  return { Sid, Effect: "Allow", Action: [...new Set(actions)].sort(), Resource };
}

function allowToPass(Sid: string, actions: Iterable<string>, roles: string, service: string): IamStatement {
  return { ...allow(Sid, actions, roles), Condition: { StringEquals: { "iam:PassedToService": service } } };
}

function sidOf({ name }: Setting): string {
  return `Setting${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
