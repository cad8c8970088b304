/** https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html#amazon-s3 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTool } from "../tools/index.ts";
import { ALL_WORK, BACKENDS, startContainer, type Backend, type Container } from "./container.ts";

function start(prefix: string, backend: Backend): Promise<Container> {
  // restic sends the token to sts.<region>.amazonaws.com only.
  return startContainer([{ prefix, permissions: ALL_WORK }], {
    backend,
    credentials: "Session",
    environment: { RESTIC_PASSWORD: "password" },
  });
}

const repository = (container: Container, bucket: string) => ["--repo", `s3:${container.endpoint}/${bucket}/backups`];

test.each(BACKENDS.flatMap((backend) => ["*", "backups/"].map((prefix) => [backend, prefix] as const)))(
  "restic backs up, checks, restores and prunes, and nothing next door: %s, with a grant on '%s'",
  async (backend, prefix) => {
    const restic = await findTool("restic");
    await using container = await start(prefix, backend);
    const own = repository(container, container.bucket);
    await container.run(restic, ...own, "init");
    await backUpAndRestore(container, restic, own);
    expect(await container.fail(restic, ...repository(container, container.nextDoor), "init")).toContain(
      "Access Denied",
    );
  },
);

async function backUpAndRestore({ home, run }: Container, restic: string, own: readonly string[]): Promise<void> {
  const folder = join(home, "data");
  await mkdir(folder);
  await writeFile(join(folder, "file"), "worth keeping");
  await run(restic, ...own, "backup", folder);
  await writeFile(join(folder, "file"), "changed");
  await run(restic, ...own, "backup", folder);
  await run(restic, ...own, "restore", "latest", "--target", join(home, "restored"));
  expect(await readFile(join(home, "restored", folder, "file"), "utf8")).toBe("changed");
  await run(restic, ...own, "forget", "--keep-last=1", "--prune");
  await run(restic, ...own, "check", "--read-data");
}
