/** https://docs.aws.amazon.com/boto3/latest/guide/s3.html, with its transfer manager. */

import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";

const WORK = `
import os, sys, tempfile, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

bucket, next_door, other = sys.argv[1:]
s3 = boto3.client("s3")
MIB = 2**20
parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
content = os.urandom(12 * MIB)
path = os.path.join(tempfile.mkdtemp(), "file")
with open(path, "wb") as file:
    file.write(content)

def keys(prefix="team/"):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": 2})
    return [each["Key"] for page in pages for each in page.get("Contents", [])]

s3.upload_file(path, bucket, "team/large", Config=parts)
s3.download_file(bucket, "team/large", path + ".copy", Config=parts)
with open(path + ".copy", "rb") as file:
    assert file.read() == content
s3.copy({"Bucket": bucket, "Key": "team/large"}, bucket, "team/copied in parts", Config=parts)
s3.copy_object(CopySource={"Bucket": bucket, "Key": "team/large"}, Bucket=bucket, Key="team/copied")
assert s3.head_object(Bucket=bucket, Key="team/copied in parts")["ContentLength"] == len(content)

# Otherwise it signs URLs for us-east-1 with the former version of signatures.
signer = boto3.client("s3", config=Config(signature_version="s3v4"))
address = signer.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "team/presigned"})
urllib.request.urlopen(urllib.request.Request(address, b"text", method="PUT"))
address = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "team/presigned"})
assert urllib.request.urlopen(address).read() == b"text"

upload = {"Bucket": bucket, "Key": "team/unfinished"}
upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
s3.upload_part(**upload, PartNumber=1, Body=b"part")
assert len(s3.list_parts(**upload)["Parts"]) == 1
s3.abort_multipart_upload(**upload)

assert keys() == ["team/copied", "team/copied in parts", "team/large", "team/presigned"]
boto3.resource("s3").Bucket(bucket).objects.filter(Prefix="team/c").delete()
s3.delete_object(Bucket=bucket, Key="team/presigned")
s3.get_waiter("object_not_exists").wait(Bucket=bucket, Key="team/presigned", WaiterConfig={"MaxAttempts": 1})
assert keys() == ["team/large"]

def denied(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403, error
        return
    raise AssertionError(f"not denied: {parameters}")

for target in (bucket, next_door):
    denied(s3.get_object, Bucket=target, Key=other)
    denied(s3.head_object, Bucket=target, Key=other)
    denied(s3.put_object, Bucket=target, Key=other, Body=b"mine")
    denied(s3.create_multipart_upload, Bucket=target, Key=other)
    denied(s3.delete_object, Bucket=target, Key=other)
    denied(s3.copy_object, Bucket=bucket, Key="team/stolen", CopySource={"Bucket": target, "Key": other})
    denied(s3.copy_object, Bucket=target, Key=other, CopySource={"Bucket": bucket, "Key": "team/large"})
    denied(s3.list_objects_v2, Bucket=target)
    denied(s3.list_objects_v2, Bucket=target, Prefix="other-team/")
    denied(s3.list_multipart_uploads, Bucket=target)
    denied(s3.get_bucket_policy, Bucket=target)
    denied(s3.delete_bucket, Bucket=target)
    assert s3.delete_objects(Bucket=target, Delete={"Objects": [{"Key": other}]})["Errors"][0]["Code"] == "AccessDenied"
print("done")
`;

test.each(BACKENDS)(
  "boto3 transfers in parts, copies, signs, lists and removes below the prefix, and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "team/", permissions: ALL_WORK }], { backend });
    const { bucket, nextDoor, run } = container;
    expect(await run("python", "-c", WORK, bucket, nextDoor, OTHER_KEY)).toBe("done\n");
  },
);
