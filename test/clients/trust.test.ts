/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */

import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, SERVICE_ACCOUNT, startContainer } from "./container.ts";

test.each(BACKENDS)(
  "STS gives the role to the ServiceAccount, and to no other token of its issuer: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "team/", permissions: ALL_WORK }], { backend });
    const { environment, namespace, tokenOf, run, fail } = container;
    const assume = (token: string) => [
      ...["sts", "assume-role-with-web-identity", "--role-session-name=test"],
      ...[`--role-arn=${environment["AWS_ROLE_ARN"]}`, `--web-identity-token=${token}`],
    ];
    expect(await run("aws", ...assume(tokenOf(namespace, SERVICE_ACCOUNT)))).toContain("SessionToken");
    const others = {
      "another ServiceAccount": tokenOf(namespace, "other"),
      "a longer name": tokenOf(namespace, `${SERVICE_ACCOUNT}-2`),
      "another namespace": tokenOf("other", SERVICE_ACCOUNT),
      "another audience": tokenOf(namespace, SERVICE_ACCOUNT, "sts.example.com"),
    };
    for (const [whose, token] of Object.entries(others)) {
      expect(await fail("aws", ...assume(token)), whose).toMatch(/AccessDenied|InvalidIdentityToken/);
    }
  },
);
