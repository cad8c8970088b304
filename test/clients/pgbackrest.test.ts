/**
 * https://pgbackrest.org/user-guide.html#s3-support. Here without a running PostgreSQL: it is stopped during the
 * backup.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findDebianProgram } from "../on-demand/debian.ts";
import { ALL_WORK, BACKENDS, startContainer, type Container } from "./container.ts";
import { forward, listen } from "./forward.ts";
import { createDatabase, FIRST_WAL } from "./postgres.ts";
import { createCertificate } from "./tls.ts";

/** A repository in the bucket, by TLS, which is all that it speaks. */
async function repository({ home, endpoint, environment, run, fail }: Container, database: string, bucket: string) {
  const folder = join(home, bucket);
  for (const each of ["log", "lock", "spool"]) await mkdir(join(folder, each), { recursive: true });
  const host = "s3.eu-central-1.amazonaws.com";
  const certificate = await createCertificate(host, folder);
  const tls = await listen((request, response) => forward(request, response, endpoint), { certificate });
  const settings = {
    "repo1-type": "s3",
    "repo1-path": "/postgres",
    "repo1-bundle": "y",
    "compress-type": "none",
    "repo1-retention-full": "1",
    "repo1-s3-bucket": bucket,
    "repo1-s3-endpoint": host,
    "repo1-s3-region": environment["AWS_REGION"],
    "repo1-s3-uri-style": "path",
    "repo1-s3-key": environment["AWS_ACCESS_KEY_ID"],
    "repo1-s3-key-secret": environment["AWS_SECRET_ACCESS_KEY"],
    "repo1-s3-token": environment["AWS_SESSION_TOKEN"],
    "repo1-storage-host": "127.0.0.1",
    "repo1-storage-port": tls.port,
    "repo1-storage-verify-tls": "n",
    "log-path": join(folder, "log"),
    "lock-path": join(folder, "lock"),
    "spool-path": join(folder, "spool"),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const file = join(folder, "pgbackrest.conf");
  await writeFile(file, ["[global]", ...lines, "[db]", `pg1-path=${database}`, ""].join("\n"));
  const program = await findDebianProgram("pgbackrest");
  const stanza = [`--config=${file}`, "--stanza=db", "--log-level-console=warn"];
  return {
    run: (...args: string[]) => run(program, ...stanza, ...args),
    fail: (...args: string[]) => fail(program, ...stanza, ...args),
    [Symbol.asyncDispose]: () => tls[Symbol.asyncDispose](),
  };
}

test.each(BACKENDS)(
  "pgBackRest archives, backs up, restores and expires with a grant on a prefix, and nothing next door: %s",
  async (backend) => {
    // It sends tokens of service accounts to sts.amazonaws.com only.
    await using container = await startContainer([{ prefix: "postgres/", permissions: ALL_WORK }], {
      backend,
      credentials: "Session",
    });
    const { home } = container;
    const database = await createDatabase(home);
    await using own = await repository(container, database, container.bucket);
    await own.run("stanza-create", "--no-online");
    await own.run("archive-push", join(database, "pg_wal", FIRST_WAL));
    await own.run("archive-get", FIRST_WAL, join(home, "wal"));
    expect((await readFile(join(home, "wal"))).equals(await readFile(join(database, "pg_wal", FIRST_WAL)))).toBe(true);
    await own.run("backup", "--no-online", "--type=full");
    // After the second one, the first one expires.
    await own.run("backup", "--no-online", "--type=full");
    expect(await own.run("info")).toMatch(/status: ok/);
    await own.run("verify");
    const restored = join(home, "restored");
    await mkdir(restored);
    await own.run("restore", `--pg1-path=${restored}`, "--type=none");
    expect(await readFile(join(restored, "PG_VERSION"))).toEqual(await readFile(join(database, "PG_VERSION")));

    await using other = await repository(container, database, container.nextDoor);
    expect(await other.fail("stanza-create", "--no-online")).toContain("403");
  },
);
