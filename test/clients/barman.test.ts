/**
 * The commands by which CloudNativePG archives and restores.
 * https://docs.pgbarman.org/release/latest/user_guide/barman_cloud
 */

import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALL_WORK, BACKENDS, startContainer, type Container } from "./container.ts";

const WAL = "000000010000000000000001";

function archive({ endpoint }: Container, home: string, url: string): string[] {
  return ["--gzip", "--endpoint-url", endpoint, url, "db", join(home, WAL)];
}

test.each(BACKENDS)(
  "barman archives, finds and restores WAL files with a grant on '*', and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "*", permissions: ALL_WORK }], { backend });
    const { bucket, nextDoor, endpoint, home, run, fail } = container;
    const wal = randomBytes(16 * 1024 * 1024);
    await writeFile(join(home, WAL), wal);
    const [url, at] = [`s3://${bucket}/postgres`, ["--endpoint-url", endpoint]];
    await run("barman-cloud-check-wal-archive", ...at, url, "db");
    await run("barman-cloud-wal-archive", ...archive(container, home, url));
    expect(await fail("barman-cloud-check-wal-archive", ...at, url, "db")).toContain("Expected empty archive");
    const restored = join(home, "restored");
    await run("barman-cloud-wal-restore", ...at, url, "db", WAL, restored);
    expect((await readFile(restored)).equals(wal)).toBe(true);
    expect(await run("barman-cloud-backup-list", ...at, url, "db")).toContain("Backup ID");
    // A short upload, because VersityGW closes the connection when it denies a long one.
    await writeFile(join(home, WAL), Buffer.alloc(16 * 1024 * 1024));
    expect(await fail("barman-cloud-wal-archive", ...archive(container, home, `s3://${nextDoor}/postgres`))).toContain(
      "AccessDenied",
    );
  },
);

test.each(BACKENDS)(
  "barman cannot check the archive with a grant on a prefix, because it sends HeadBucket: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "postgres/", permissions: ALL_WORK }], { backend });
    const { bucket, endpoint, fail } = container;
    const check = ["--endpoint-url", endpoint, `s3://${bucket}/postgres`, "db"];
    expect(await fail("barman-cloud-check-wal-archive", ...check)).toMatch(/403.*HeadBucket/);
  },
);
