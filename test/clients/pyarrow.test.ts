/** https://arrow.apache.org/docs/python/filesystems.html#s3, by which pandas, PyIceberg, Ray and others use S3. */

import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";

const WORK = `
import sys
import pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq
from pyarrow import fs

bucket, next_door, other, endpoint = sys.argv[1:]
s3 = fs.S3FileSystem(endpoint_override=endpoint, scheme="http")
def denied(call):
    try:
        call()
    except OSError as error:
        assert "ACCESS_DENIED" in str(error) or "403" in str(error), error
        return
    raise AssertionError("not denied")

table = pa.table({"day": ["mon"] * 3 + ["tue"] * 3, "value": list(range(6))})

pq.write_table(table, f"{bucket}/jobs/run/one.parquet", filesystem=s3)
assert pq.read_table(f"{bucket}/jobs/run/one.parquet", filesystem=s3).equals(table)
daily = {"base_dir": f"{bucket}/jobs/run/daily", "format": "parquet", "partitioning": ["day"], "filesystem": s3}
# To create the folder it sends HeadBucket, which a grant on a prefix does not allow.
denied(lambda: ds.write_dataset(table, **daily))
ds.write_dataset(table, **daily, create_dir=False)
assert ds.dataset(f"{bucket}/jobs/run/daily", partitioning=["day"], filesystem=s3).count_rows() == 6
with s3.open_output_stream(f"{bucket}/jobs/run/large") as stream:
    for _ in range(12):
        stream.write(b"x" * 2**20)
assert s3.get_file_info(f"{bucket}/jobs/run/large").size == 12 * 2**20
s3.move(f"{bucket}/jobs/run/large", f"{bucket}/jobs/run/moved")
s3.delete_file(f"{bucket}/jobs/run/moved")
s3.delete_dir(f"{bucket}/jobs/run/daily")
found = [each.path for each in s3.get_file_info(fs.FileSelector(f"{bucket}/jobs/run", recursive=True)) if each.is_file]
assert found == [f"{bucket}/jobs/run/one.parquet"], found

for target in (bucket, next_door):
    denied(lambda: s3.open_input_file(f"{target}/{other}"))
    denied(lambda: s3.open_output_stream(f"{target}/{other}").close())
    denied(lambda: s3.delete_file(f"{target}/{other}"))
    denied(lambda: s3.get_file_info(fs.FileSelector(target)))
print("done")
`;

test.each(BACKENDS)(
  "pyarrow writes, reads and removes Parquet files below the prefix, and nothing next door: %s",
  async (backend) => {
    // It sends the token to sts.<region>.amazonaws.com only.
    await using container = await startContainer([{ prefix: "jobs/", permissions: ALL_WORK }], {
      backend,
      credentials: "Session",
    });
    const { bucket, nextDoor, endpoint, run } = container;
    expect(await run("python", "-c", WORK, bucket, nextDoor, OTHER_KEY, new URL(endpoint).host)).toBe("done\n");
  },
);
