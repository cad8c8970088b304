import { condition, isReady } from "../../integration/support/expect/states.ts";
import type { Step } from "./index.ts";

const copy = (bucketName: string) => `apiVersion: s3-operator.io/v1alpha1
kind: S3Bucket
metadata:
  name: copy
  namespace: team-b
spec:
  bucketName: ${bucketName}
  versioning: Suspended
`;

export const claimAgain: Step = {
  title: "Another team claims the same bucket and is refused",
  verifiedBy: "the Stalled condition, with kubectl; no write in the log of AWS; documents is Ready",
  async run(stage) {
    const { kubectl, verify, check, simulator } = stage;
    const bucketName = (await stage.bucket("documents")).status?.bucketName ?? "";
    const writes = () => simulator.calls.of(bucketName).filter(({ write }) => write).length;
    const before = writes();
    await kubectl("create namespace team-b");
    await kubectl("apply -f -", copy(bucketName));
    await kubectl("wait --for=condition=Stalled s3bucket/copy -n team-b --timeout=30s");
    await kubectl("get s3buckets --all-namespaces");
    await kubectl(`get s3bucket copy -n team-b -o jsonpath='{.status.conditions[?(@.type=="Stalled")].message}'`);
    const { reason, message = "" } = condition(await stage.bucket("copy", "team-b"), "Stalled") ?? {};
    check("The reason is BucketNotOwned", reason === "BucketNotOwned", reason);
    const rest = message.replaceAll(bucketName, "");
    check("The message does not name the owner", message !== "" && !/default|documents/.test(rest), message);
    await kubectl("delete s3bucket copy -n team-b --timeout=30s");
    const after = writes();
    check("AWS: nothing was written to the bucket, nor at the deletion", after === before, `${after - before} writes`);
    await verify("The first claim is still Ready", () => stage.bucket("documents"), isReady);
  },
};
