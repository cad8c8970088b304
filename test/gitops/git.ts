/** A git repository, served over HTTP as hosts of git do: Flux takes no path of a file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { dump } from "js-yaml";
import { runCommand } from "../controlplane/command.ts";

export interface Repository extends AsyncDisposable {
  /** http://127.0.0.1:PORT/repository */
  url: string;
  /**
   * Commits to the branch main, and returns the commit's hash. `files` by path: a text, objects as YAML documents, or
   * null
   * to remove the file.
   */
  commit(files: Readonly<Record<string, string | readonly object[] | null>>): Promise<string>;
  /** Commits a copy of a folder of this project, with the same path. */
  commitFolder(path: string): Promise<string>;
}

const IDENTITY = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
const NO_USER_SETTINGS = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

/** A repository with one empty commit. Disposing ends the server and removes the files. */
export async function createRepository(): Promise<Repository> {
  await using stack = new AsyncDisposableStack();
  const root = stack.adopt(await mkdtemp(join(tmpdir(), "s3-operator-git-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const folder = join(root, "repository");
  await mkdir(folder);
  const git = async (...args: string[]) => {
    const environment = { ...process.env, ...NO_USER_SETTINGS };
    const { code, stdout, stderr } = await runCommand("git", ["-C", folder, ...IDENTITY, ...args], { environment });
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const commit = async () => {
    await git("add", "--all");
    await git("commit", "--allow-empty", "--message=change");
    return git("rev-parse", "HEAD");
  };
  await git("init", "--quiet", "--initial-branch=main");
  await commit();

  const server = createServer((request, response) => {
    serve(root, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, "127.0.0.1");
  stack.defer(async () => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port");
  const end = stack.move();
  return {
    url: `http://127.0.0.1:${address.port}/repository`,
    async commit(files) {
      for (const [path, content] of Object.entries(files)) await write(join(folder, path), content);
      return commit();
    },
    async commitFolder(path) {
      await cp(path, join(folder, path), { recursive: true });
      return commit();
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

async function write(file: string, content: string | readonly object[] | null): Promise<void> {
  if (content === null) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : content.map((object) => dump(object)).join("---\n"));
}

/** https://git-scm.com/docs/git-http-backend, which speaks CGI: https://www.rfc-editor.org/rfc/rfc3875 */
async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "", "http://localhost");
  const header = (name: string) => String(request.headers[name] ?? "");
  const env = {
    PATH: process.env["PATH"],
    ...NO_USER_SETTINGS,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: header("content-type"),
    CONTENT_LENGTH: header("content-length"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    GIT_PROTOCOL: header("git-protocol"),
  };
  const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "pipe"] });
  // A client may leave before its answer.
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  child.stdout.setEncoding("latin1");
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const headers = output.slice(0, output.indexOf("\r\n\r\n"));
  if (headers === "") throw new Error(`git http-backend: ${errors}`);
  const named = headers.split("\r\n").map((line) => line.split(": ", 2) as [string, string]);
  const status = Number.parseInt(named.find(([name]) => name === "Status")?.[1] ?? "200", 10);
  response.writeHead(status, Object.fromEntries(named.filter(([name]) => name !== "Status")));
  response.end(Buffer.from(output.slice(headers.length + 4), "latin1"));
}
