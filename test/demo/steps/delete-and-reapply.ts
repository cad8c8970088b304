import { GetBucketTaggingCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isReady } from "../../integration/support/expect/states.ts";
import { tagsOf } from "../observe.ts";
import { OBJECT, QUICKSTART } from "./create.ts";
import type { Step } from "./index.ts";

export const deleteAndReapply: Step = {
  title: "The manifest is deleted: the bucket stays, and is adopted again",
  verifiedBy: "kubectl get; the object and the tags, read from AWS; one CreateBucket in the log of AWS",
  async run(stage) {
    const { kubectl, verify, check, person, simulator } = stage;
    const name = (await stage.bucket("documents")).status?.bucketName ?? "";
    await kubectl(`delete -f ${QUICKSTART}/bucket.yaml --timeout=30s`);
    await kubectl("get s3buckets");
    const tags = () => tagsAt(person, name);
    const released = "s3-operator.io/released-by";
    await verify(`AWS: the bucket exists, released (tag ${released})`, tags, (seen) => {
      return seen[released] === "default/default/documents" && seen["s3-operator.io/name"] === undefined;
    });
    const object = async () => (await person.send(new GetObjectCommand({ Bucket: name, Key: OBJECT.Key }))).Body;
    const body = async () => (await object())?.transformToString();
    await verify(`AWS: ${OBJECT.Key} is still in the bucket`, body, (text) => text === OBJECT.Body);

    await kubectl(`apply -f ${QUICKSTART}/bucket.yaml`);
    await kubectl("wait --for=condition=Ready s3bucket/documents --timeout=30s");
    await kubectl("get s3buckets");
    const bucket = () => stage.bucket("documents");
    await verify(
      "The S3Bucket has the same bucket",
      bucket,
      (found) => isReady(found) && found.status?.bucketName === name,
    );
    await verify("AWS: the bucket is claimed again", tags, (seen) => {
      return seen["s3-operator.io/name"] === "documents" && seen[released] === undefined;
    });
    const creations = simulator.calls.count("s3:CreateBucket");
    check("AWS: a bucket was created only once", creations === 1, creations);
    await verify(`AWS: ${OBJECT.Key} is unchanged`, body, (text) => text === OBJECT.Body);
  },
};

async function tagsAt(person: S3Client, Bucket: string): Promise<Record<string, string>> {
  return tagsOf((await person.send(new GetBucketTaggingCommand({ Bucket }))).TagSet);
}
