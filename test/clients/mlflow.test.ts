/** https://mlflow.org/docs/latest/self-hosting/architecture/artifact-store */

import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";

const WORK = `
import os, sys, tempfile
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

bucket, next_door, other, endpoint = sys.argv[1:]
os.environ["MLFLOW_S3_ENDPOINT_URL"] = endpoint
folder = tempfile.mkdtemp()
path = os.path.join(folder, "model")
with open(path, "w") as file:
    file.write("weights")

artifacts = get_artifact_repository(f"s3://{bucket}/ml/run")
artifacts.log_artifact(path)
artifacts.log_artifacts(folder, "more")
assert [each.path for each in artifacts.list_artifacts()] == ["model", "more"]
with open(artifacts.download_artifacts("more/model", tempfile.mkdtemp())) as file:
    assert file.read() == "weights"
artifacts.delete_artifacts()
assert artifacts.list_artifacts() == []

def denied(call):
    try:
        call()
    except Exception as error:
        assert any(each in repr(error) for each in ("AccessDenied", "403", "not authorized")), repr(error)
        return
    raise AssertionError("not denied")

# At the prefix itself it lists the path without the slash.
at_prefix = get_artifact_repository(f"s3://{bucket}/ml")
at_prefix.log_artifact(path)
denied(at_prefix.delete_artifacts)
for target in (bucket, next_door):
    elsewhere = get_artifact_repository(f"s3://{target}/other-team")
    denied(lambda: elsewhere.log_artifact(path))
    denied(lambda: elsewhere.download_artifacts("secret", tempfile.mkdtemp()))
    denied(elsewhere.list_artifacts)
    denied(elsewhere.delete_artifacts)
print("done")
`;

test.each(BACKENDS)(
  "MLflow keeps, lists, reads and deletes artifacts below the prefix, and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "ml/", permissions: ALL_WORK }], { backend });
    const { bucket, nextDoor, endpoint, run } = container;
    expect(await run("python", "-c", WORK, bucket, nextDoor, OTHER_KEY, endpoint)).toBe("done\n");
  },
);
