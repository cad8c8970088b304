import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { accessRuleViolation, type AccessAsks } from "./access-rules.ts";

const OWN = "arn:aws:iam::111122223333";
const PROVIDER = `${OWN}:oidc-provider/token.actions.githubusercontent.com`;

type Rules = NonNullable<NonNullable<ReturnType<typeof awsAccount>["spec"]["access"]>["rules"]>;

function violation(rules: Rules | undefined, asks: AccessAsks, name = "team", labels: Record<string, string> = {}) {
  const account = awsAccount(rules && { access: { rules } });
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  return accessRuleViolation(account, { name, object }, asks);
}

function webIdentity(...subjects: string[]): AccessAsks {
  return { webIdentity: { providerArn: PROVIDER, subjects, audience: "sts.amazonaws.com" } };
}

describe("accessRuleViolation", () => {
  test.each<[string, Rules | undefined, AccessAsks, boolean]>([
    ["nothing that is asked for, without rules", undefined, {}, true],
    ["no policy without rules", undefined, { policyArns: [`${OWN}:policy/a`] }, false],
    ["a policy by its pattern", [{ policyArns: [`${OWN}:policy/a*`] }], { policyArns: [`${OWN}:policy/ab`] }, true],
    [
      "no other policy beside it",
      [{ policyArns: [`${OWN}:policy/a`] }],
      { policyArns: [`${OWN}:policy/a`, `${OWN}:policy/b`] },
      false,
    ],
    [
      "a policy of the namespace",
      [{ policyArns: [`${OWN}:policy/{namespace}-*`] }],
      { policyArns: [`${OWN}:policy/team-q`] },
      true,
    ],
    [
      "no policy of another namespace",
      [{ policyArns: [`${OWN}:policy/{namespace}-*`] }],
      { policyArns: [`${OWN}:policy/tea-q`] },
      false,
    ],
    [
      "no policy in other letters",
      [{ policyArns: [`${OWN}:policy/Admin`] }],
      { policyArns: [`${OWN}:policy/admin`] },
      false,
    ],
    [
      "no policy as a regular expression",
      [{ policyArns: [`${OWN}:policy/a.c`] }],
      { policyArns: [`${OWN}:policy/abc`] },
      false,
    ],
    ["no role by the pattern of policies", [{ policyArns: ["*"] }], { roleArn: `${OWN}:role/a` }, false],
    ["a role of the account", [{ roleArns: [`${OWN}:role/app-?`] }], { roleArn: `${OWN}:role/app-a` }, true],
    ["no role of another account", [{ roleArns: ["*"] }], { roleArn: "arn:aws:iam::999988887777:role/app-a" }, false],
    ["a bucket", [{ buckets: ["lake-*"] }], { bucketName: "lake-a" }, true],
    ["no other bucket", [{ buckets: ["lake-*"] }], { bucketName: "xlake-a" }, false],
    [
      "subjects of the provider",
      [{ webIdentities: [{ providerArn: PROVIDER, subjects: ["repo:acme/*"] }] }],
      webIdentity("repo:acme/a"),
      true,
    ],
    [
      "no other subject beside them",
      [{ webIdentities: [{ providerArn: PROVIDER, subjects: ["repo:acme/*"] }] }],
      webIdentity("repo:acme/a", "repo:evil/a"),
      false,
    ],
    [
      "no subject of another provider",
      [{ webIdentities: [{ providerArn: `${PROVIDER}x`, subjects: ["*"] }] }],
      webIdentity("repo:acme/a"),
      false,
    ],
    [
      "nothing by the rule of another namespace",
      [{ namespaces: { names: ["others"] }, buckets: ["*"] }],
      { bucketName: "a" },
      false,
    ],
    [
      "something by the label of the namespace",
      [{ namespaces: { selector: { matchLabels: { tier: "gold" } } }, buckets: ["*"] }],
      { bucketName: "a" },
      true,
    ],
    [
      "wishes by several rules together",
      [{ buckets: ["a"] }, { roleArns: [`${OWN}:role/a`] }],
      { bucketName: "a", roleArn: `${OWN}:role/a` },
      true,
    ],
  ])("allows %s", (_case, rules, asks, isAllowed) => {
    const expected = isAllowed ? undefined : "NotAllowedByAccount";
    expect(violation(rules, asks, "team", { tier: "gold" })?.reason).toBe(expected);
  });

  test("names what was asked for, and no rule", () => {
    const message = violation([{ buckets: ["secret-*"] }], { bucketName: "mine", roleArn: `${OWN}:role/a` })?.message;
    expect(message).toContain("bucket 'mine'");
    expect(message).toContain(`spec.role.arn names '${OWN}:role/a'`);
    expect(message).not.toContain("secret");
  });

  test("does not let a namespace reach beyond its name, whatever the name", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "-", "."), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(letters, letters, (namespace, other) => {
        const allowed =
          violation([{ buckets: ["x-{namespace}"] }], { bucketName: `x-${other}` }, namespace) === undefined;
        expect(allowed).toBe(namespace === other);
      }),
    );
  });
});
