import { expect, test } from "vitest";
import type { ConditionBlock } from "../document.ts";
import type { Truth } from "../truth.ts";
import { conditionHolds } from "./condition.ts";
import { lookupIn } from "./request.ts";

const lookup = lookupIn({
  context: {
    "aws:SecureTransport": ["true"],
    "s3:TlsVersion": ["1.3"],
    "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/s3-operator/app"],
    "aws:SourceVpce": [],
  },
});

test.each<[ConditionBlock, Truth]>([
  [{}, true],
  [{ Bool: { "aws:securetransport": "false" } }, false],
  [{ Bool: { "aws:SecureTransport": true } }, true],
  [{ NumericLessThan: { "s3:TlsVersion": "1.2" } }, false],
  [{ NumericGreaterThanEquals: { "s3:TlsVersion": "1.3" } }, true],
  [{ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }, true],
  [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam*:role/*" } }, false],
  [{ ArnNotLikeIfExists: { "aws:PrincipalArn": ["arn:aws:iam::111122223333:root"] } }, true],
  [{ StringNotEqualsIfExists: { "aws:SourceVpce": ["vpce-1"] } }, true],
  [{ StringNotEquals: { "aws:SourceVpce": ["vpce-1"] } }, true],
  [{ StringEquals: { "aws:SourceVpce": ["vpce-1"] } }, false],
  [{ Null: { "aws:SourceVpce": "true" } }, true],
  [{ Null: { "s3:x-amz-server-side-encryption": "false" } }, false],
  [{ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, ["aws:SourceIp"]],
  [{ StringEquals: { "aws:PrincipalOrgID": "o-1" }, Bool: { "aws:SecureTransport": "false" } }, false],
  [{ StringEquals: { "aws:PrincipalArn": "${aws:PrincipalTag/team}" } }, ["aws:PrincipalTag/team"]],
  [{ StringLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/${aws:username}*" } }, false],
  [{ StringLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/${aws:username, 's3-operator/'}*" } }, true],
])("%j: %j", (condition, expected) => {
  expect(conditionHolds(condition, lookup)).toEqual(expected);
});
