/** https://docs.aws.amazon.com/cli/latest/reference/s3/ */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";

/** More than the 8 MiB above which the CLI uploads in parts. */
const LARGE_BYTES = 20 * 1024 * 1024;

test.each(BACKENDS)(
  "the AWS CLI copies, syncs, moves, lists and removes below the prefix, and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "team/", permissions: ALL_WORK }], { backend });
    const { bucket, nextDoor, home, run, fail } = container;
    const s3 = (...args: string[]) => run("aws", "s3", ...args);
    const url = `s3://${bucket}/team`;

    const large = join(home, "large");
    await writeFile(large, Buffer.alloc(LARGE_BYTES, "large"));
    await s3("cp", large, `${url}/large`);
    await s3("cp", `${url}/large`, join(home, "copy"));
    expect((await readFile(join(home, "copy"))).equals(await readFile(large))).toBe(true);

    const folder = join(home, "folder");
    await mkdir(folder);
    for (const name of ["a", "b"]) await writeFile(join(folder, name), name);
    await s3("sync", folder, `${url}/folder`);
    await s3("mv", `${url}/folder/a`, `${url}/moved`);
    await s3("cp", `${url}/large`, `${url}/large-copy`);
    expect(await s3("ls", "--recursive", `${url}/`)).toMatch(/folder\/b\n.*large\n.*large-copy\n.*moved\n$/);
    await s3("rm", "--recursive", `${url}/`);
    expect(await fail("aws", "s3", "ls", `${url}/`)).toBe("");

    for (const target of [bucket, nextDoor]) {
      const secret = `s3://${target}/${OTHER_KEY}`;
      expect(await fail("aws", "s3", "cp", secret, "-")).toContain("403");
      expect(await fail("aws", "s3", "cp", large, secret)).toContain("AccessDenied");
      expect(await fail("aws", "s3", "rm", secret)).toContain("AccessDenied");
      expect(await fail("aws", "s3", "ls", `s3://${target}/`)).toContain("AccessDenied");
    }
  },
);
