/** https://rclone.org/s3/ */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTool } from "../tools/index.ts";
import { ALL_WORK, BACKENDS, OTHER_KEY, startContainer } from "./container.ts";
import { forward, listen } from "./forward.ts";
import { createCertificate } from "./tls.ts";

/** A remote named s3. https://rclone.org/docs/#environment-variables */
const REMOTE = {
  RCLONE_CONFIG_S3_TYPE: "s3",
  RCLONE_CONFIG_S3_PROVIDER: "AWS",
  RCLONE_CONFIG_S3_ENV_AUTH: "true",
  RCLONE_CONFIG_S3_NO_CHECK_BUCKET: "true",
  RCLONE_CONFIG_S3_UPLOAD_CUTOFF: "5Mi",
};

test.each(BACKENDS)(
  "rclone copies, syncs, checks, moves and purges below the prefix, and nothing next door: %s",
  async (backend) => {
    await using container = await startContainer([{ prefix: "team/", permissions: ALL_WORK }], {
      backend,
      // It sends the token to sts.<region>.amazonaws.com only.
      credentials: "Session",
      environment: REMOTE,
    });
    const { bucket, nextDoor, home, endpoint, environment } = container;
    const program = await findTool("rclone");
    // Without TLS it cannot send the checksums that it sends to AWS.
    const certificate = await createCertificate("127.0.0.1", home);
    await using tls = await listen((request, response) => forward(request, response, endpoint), { certificate });
    const endpoints = ["--s3-endpoint", `https://127.0.0.1:${tls.port}`, "--ca-cert", join(home, "127.0.0.1.crt")];
    const remote = [...endpoints, "--s3-region", environment["AWS_REGION"] ?? ""];
    const options = [...remote, "--retries=1", "--low-level-retries=1"];
    const run = (...args: string[]) => container.run(program, ...options, ...args);
    const fail = (...args: string[]) => container.fail(program, ...options, ...args);
    const url = `s3:${bucket}/team`;

    const folder = join(home, "folder");
    await mkdir(folder);
    await writeFile(join(folder, "large"), Buffer.alloc(12 * 1024 * 1024, "large"));
    await writeFile(join(folder, "small"), "small");
    await run("copy", folder, `${url}/files`);
    await run("check", "--download", folder, `${url}/files`);
    // The prefix itself: the key without the slash is denied, so that rclone lists what is below it.
    expect(await run("lsf", "--recursive", "--files-only", url)).toBe("files/large\nfiles/small\n");
    await writeFile(join(folder, "small"), "changed");
    await run("sync", folder, `${url}/files`);
    await run("moveto", `${url}/files/small`, `${url}/files/moved`);
    expect(await run("lsf", "--recursive", `${url}/files`)).toBe("large\nmoved\n");
    await run("copyto", `${url}/files/moved`, join(home, "moved"));
    expect(await readFile(join(home, "moved"), "utf8")).toBe("changed");
    await run("purge", `${url}/files`);
    expect(await run("lsf", `${url}/`)).toBe("");
    // Without objects, rclone takes the prefix for a file.
    expect(await fail("copy", folder, url)).toContain("is a file not a directory");

    expect(await fail("copyto", join(folder, "small"), `${url}/small`, "--s3-no-check-bucket=false")).toContain("403");
    for (const target of [bucket, nextDoor]) {
      const secret = `s3:${target}/${OTHER_KEY}`;
      for (const args of [
        ["cat", secret],
        ["copyto", join(folder, "small"), secret],
        ["deletefile", secret],
      ]) {
        expect(await fail(...args)).toContain("403");
      }
      expect(await fail("lsf", `s3:${target}`)).toContain("AccessDenied");
    }
  },
);
