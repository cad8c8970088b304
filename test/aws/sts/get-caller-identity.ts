/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: needs no permission. */

import { element } from "../xml.ts";
import type { StsAction } from "./router.ts";

export const getCallerIdentity: StsAction = {
  operation: "GetCallerIdentity",
  parameters: [],
  resource: () => "*",
  handle: (_, { accountId, arn, credentials }) => [
    element("Arn", arn),
    element("UserId", credentials.accessKeyId),
    element("Account", accountId),
  ],
};
