import { expect, test } from "vitest";
import type { Principal } from "../document.ts";
import { namingOf } from "./principal.ts";

const ROLE = "arn:aws-cn:iam::111122223333:role/team/a/app";
const SESSION = "arn:aws-cn:sts::111122223333:assumed-role/app/i-1";
const statement = (element: "Principal" | "NotPrincipal", AWS: Principal) => ({
  Effect: "Allow" as const,
  [element]: AWS,
});

test.each<[string, object]>([
  ["*", { itself: true, account: false }],
  [ROLE, { itself: true, account: false }],
  ["111122223333", { itself: false, account: true }],
  ["arn:aws-cn:iam::111122223333:root", { itself: false, account: true }],
  [SESSION, { itself: ["the name of the role's session"], account: false }],
  ["444455556666", { itself: false, account: false }],
  ["arn:aws-cn:iam::111122223333:role/app", { itself: false, account: false }],
  [SESSION.replace("app", "other"), { itself: false, account: false }],
  [SESSION.replace("111122223333", "444455556666"), { itself: false, account: false }],
  [SESSION.replace("aws-cn", "aws"), { itself: false, account: false }],
  ["arn:aws-cn:sts::111122223333:assumed-role/application/i-1", { itself: false, account: false }],
])("%s names the session of a role: %j", (name, naming) => {
  expect(namingOf(statement("Principal", { AWS: name }), ROLE)).toEqual(naming);
});

test.each<[string, unknown]>([
  [ROLE, ["NotPrincipal"]],
  ["111122223333", ["NotPrincipal"]],
  [SESSION, ["NotPrincipal"]],
  ["444455556666", true],
])("all but %s names it: %j", (name, itself) => {
  expect(namingOf(statement("NotPrincipal", { AWS: name }), ROLE)).toEqual({ itself, account: false });
});

test("a statement without principals names none", () => {
  expect(namingOf({ Effect: "Allow" }, ROLE)).toEqual({ itself: false, account: false });
});
