import { ListBucketsCommand } from "@aws-sdk/client-s3";
import type { Step } from "./index.ts";

/** Two mistakes that AWS would report late, one after the other, and only to the operator. */
const WEBSITE = `apiVersion: s3-operator.io/v1alpha1
kind: S3Bucket
metadata:
  name: website
spec:
  baseline: Secure
  lifecycle:
    rules:
      - id: cheap
        status: Enabled
        transitions: [{ days: 7, storageClass: STANDARD_IA }]
  policy:
    statements:
      - sid: Everybody
        effect: Allow
        principals: { aws: ["*"] }
        actions: [s3:GetObject]
        resources: ["{bucket}/*"]
`;

const MESSAGES = [
  "must be at least 30 for STANDARD_IA",
  "may not allow '*' without conditions while public policies are blocked",
];

export const refusal: Step = {
  title: "The API server refuses an invalid manifest at once, and says what to change",
  verifiedBy: "the error of kubectl; no new S3Bucket in Kubernetes; no new bucket at AWS",
  async run({ refusedKubectl, kubectl, check, verify, person }) {
    const complaint = await refusedKubectl("apply -f -", WEBSITE);
    for (const message of MESSAGES) check(`The message says: ${message}`, complaint.includes(message), complaint);
    const names = await kubectl("get s3buckets -o name");
    check("Kubernetes has only the S3Bucket documents", names.trim() === "s3bucket.s3-operator.io/documents", names);
    const buckets = async () => (await person.send(new ListBucketsCommand())).Buckets?.length;
    await verify("AWS has one bucket, as before", buckets, (count) => count === 1);
  },
};
