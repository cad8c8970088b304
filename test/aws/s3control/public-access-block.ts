/**
 * Block Public Access of an account.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html
 */

import { AwsError } from "../errors.ts";
import { validPublicAccessBlock } from "../s3/public-access-block.ts";
import { accessDenied, requestDocument } from "../s3/route.ts";
import type { Account } from "../state.ts";
import { controlReply, type ControlRoute } from "./route.ts";

export const accountPublicAccessBlock: ControlRoute = {
  path: /^configuration\/publicAccessBlock$/,
  methods: {
    GET: {
      operation: "GetPublicAccessBlock",
      action: "s3:GetAccountPublicAccessBlock",
      write: false,
      handle: ({ account: { publicAccessBlock } }) => {
        if (publicAccessBlock !== undefined) return controlReply(publicAccessBlock);
        const message = "The public access block configuration was not found";
        throw new AwsError(404, "NoSuchPublicAccessBlockConfiguration", message);
      },
    },
    PUT: {
      operation: "PutPublicAccessBlock",
      action: "s3:PutAccountPublicAccessBlock",
      write: true,
      handle: ({ account, request }) => {
        refuseIfManaged(account);
        account.publicAccessBlock = validPublicAccessBlock(requestDocument(request, "PublicAccessBlockConfiguration"));
        return { status: 200 };
      },
    },
    DELETE: {
      operation: "DeletePublicAccessBlock",
      action: "s3:PutAccountPublicAccessBlock",
      write: true,
      handle: ({ account }) => {
        refuseIfManaged(account);
        account.publicAccessBlock = undefined;
        return { status: 204 };
      },
    },
  },
};

/**
 * Denies writes while an organization's S3 policy overrides the account's setting.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html
 */
function refuseIfManaged({ publicAccessBlockManagedByOrganization }: Account): void {
  if (publicAccessBlockManagedByOrganization) {
    throw accessDenied("The public access block configuration is managed by your organization's S3 policy.");
  }
}
