import { GetBucketRequestPaymentCommand, PutBucketRequestPaymentCommand, type Payer } from "@aws-sdk/client-s3";
import { compare } from "../../reconcile/change.ts";
import { defineSetting } from "./setting.ts";

const DEFAULT = "BucketOwner" satisfies Payer;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */
export const requestPayment = defineSetting<Payer, Payer>({
  name: "requestPayment",
  iamActions: { read: ["s3:GetBucketRequestPayment"], write: ["s3:PutBucketRequestPayment"] },

  desired: (spec) => spec.requestPayment,

  observe: async ({ s3, ref, options }) =>
    (await s3.send(new GetBucketRequestPaymentCommand(ref), options)).Payer ?? DEFAULT,

  diff: (desired, observed) => compare("", desired, observed),

  write: async ({ s3, ref, options }, desired) => {
    const RequestPaymentConfiguration = { Payer: desired };
    await s3.send(new PutBucketRequestPaymentCommand({ ...ref, RequestPaymentConfiguration }), options);
  },

  reset: (observed) => (observed === DEFAULT ? undefined : DEFAULT),

  toSpec: (observed) => (observed === DEFAULT ? {} : { spec: { requestPayment: observed } }),
});
