/** Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */

import type { QueryAction } from "../query.ts";
import { element } from "../xml.ts";

export const getCallerIdentity: QueryAction = {
  operation: "GetCallerIdentity",
  write: false,
  parameters: [],
  resource: () => "*",
  asksPolicies: true,
  handle: (_, { caller: { accountId, arn, credentials } }) => [
    element("Arn", arn),
    element("UserId", credentials.accessKeyId),
    element("Account", accountId),
  ],
};
