/** https://s3fs.readthedocs.io/, by which pandas, Dask and others use S3. */

import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";

/** Three parts, because s3fs writes by parts of 50 MiB unless told otherwise. */
const WORK = `
import sys, s3fs
bucket, next_door, other = sys.argv[1:]
fs = s3fs.S3FileSystem()
with fs.open(f"{bucket}/team/large", "wb", block_size=5 * 2**20) as file:
    for _ in range(11):
        file.write(b"x" * 2**20)
assert fs.info(f"{bucket}/team/large")["size"] == 11 * 2**20
with fs.open(f"{bucket}/team/large", "rb") as file:
    file.seek(6 * 2**20)
    assert file.read(3) == b"xxx"
fs.pipe(f"{bucket}/team/a/b", b"text")
assert fs.cat(f"{bucket}/team/a/b") == b"text"
assert not fs.exists(f"{bucket}/team/missing")
assert fs.find(f"{bucket}/team/") == [f"{bucket}/team/a/b", f"{bucket}/team/large"]
fs.copy(f"{bucket}/team/a/b", f"{bucket}/team/c")
assert sorted(fs.ls(f"{bucket}/team/")) == [f"{bucket}/team/a", f"{bucket}/team/c", f"{bucket}/team/large"]
fs.rm(f"{bucket}/team/a", recursive=True)
fs.invalidate_cache()
assert fs.find(f"{bucket}/team/") == [f"{bucket}/team/c", f"{bucket}/team/large"]

def denied(call):
    try:
        call()
    except PermissionError:
        return
    raise AssertionError("not denied")

# In an empty folder it looks for an object of that name without the slash, which the prefix does not cover.
fs.rm([f"{bucket}/team/c", f"{bucket}/team/large"])
fs.invalidate_cache()
denied(lambda: fs.find(f"{bucket}/team/"))

for target in (bucket, next_door):
    denied(lambda: fs.cat_file(f"{target}/{other}"))
    denied(lambda: fs.pipe_file(f"{target}/{other}", b"mine"))
    denied(lambda: fs.rm_file(f"{target}/{other}"))
    denied(lambda: fs.ls(target))
print("done")
`;

test.each(BACKENDS)(
  "s3fs writes in parts, reads ranges, lists, copies and removes below the prefix, and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "team/", permissions: ALL_WORK }], { backend });
    const { bucket, nextDoor, run } = container;
    expect(await run("python", "-c", WORK, bucket, nextDoor, OTHER_KEY)).toBe("done\n");
  },
);
