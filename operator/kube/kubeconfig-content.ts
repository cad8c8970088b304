/**
 * The content of kubeconfig files, unchecked but for its types.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */

import { accessSync, constants } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { load } from "js-yaml";

/** The kubeconfig cannot be used. The message has names and paths, but no other contents, which may be secret. */
export class KubeConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KubeConfigError";
  }
}

export type RawFields = Readonly<Record<string, unknown>>;

/** Entries by name. Relative paths are resolved against the folder of the file. */
export interface Content {
  currentContext: string | undefined;
  contexts: ReadonlyMap<string, RawFields>;
  clusters: ReadonlyMap<string, RawFields>;
  users: ReadonlyMap<string, RawFields>;
}

/** @throws KubeConfigError */
export function parseContent(text: string, file: string, source: string): Content {
  const content = yamlOf(text);
  if (content === undefined) throw new KubeConfigError(`${source}: ${file} is not a kubeconfig`);
  const entries = (list: string, kind: string) => entriesOf(content[list], kind);
  const folder = dirname(resolve(file));
  const withPaths = (map: Map<string, RawFields>, change: (fields: RawFields, folder: string) => RawFields) =>
    new Map([...map].map(([name, fields]) => [name, change(fields, folder)]));
  return {
    currentContext: stringField(content, "current-context"),
    contexts: entries("contexts", "context"),
    clusters: withPaths(entries("clusters", "cluster"), resolveFiles(["certificate-authority"])),
    users: withPaths(entries("users", "user"), resolveUser),
  };
}

/** As in kubectl, the first file that sets a value or an entry wins. */
export function mergeContents(contents: readonly Content[]): Content {
  const merged = (name: "contexts" | "clusters" | "users") =>
    new Map(contents.toReversed().flatMap((content) => [...content[name]]));
  return {
    currentContext: contents.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: merged("contexts"),
    clusters: merged("clusters"),
    users: merged("users"),
  };
}

/** The text of a field, undefined for "" or without it. @throws KubeConfigError if it is not text */
export function stringField(fields: RawFields, name: string): string | undefined {
  const value = fields[name] ?? "";
  if (typeof value !== "string")
    throw new KubeConfigError(`The kubeconfig's field ${name} must be text: put it in quotes`);
  return value === "" ? undefined : value;
}

export function objectOf(value: unknown): RawFields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as RawFields) : undefined;
}

/** The file, if it can be read. @throws KubeConfigError */
export function readableFile(owner: string, file: string): string {
  try {
    accessSync(file, constants.R_OK);
    return file;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new KubeConfigError(`${owner}: ${file} cannot be read: ${code}`);
  }
}

function yamlOf(text: string): RawFields | undefined {
  try {
    return objectOf(load(text));
  } catch {
    return undefined;
  }
}

/** The first of two entries of a name wins. */
function entriesOf(list: unknown, kind: string): Map<string, RawFields> {
  const entries = (Array.isArray(list) ? list : []).map(objectOf).filter((entry) => entry !== undefined);
  return new Map(entries.toReversed().map((entry) => [stringField(entry, "name") ?? "", objectOf(entry[kind]) ?? {}]));
}

function resolveFiles(names: readonly string[]) {
  return (fields: RawFields, folder: string): RawFields => {
    const paths = names
      .map((name) => [name, stringField(fields, name)] as const)
      .filter(([, path]) => path !== undefined);
    return { ...fields, ...Object.fromEntries(paths.map(([name, path = ""]) => [name, absolute(folder, path)])) };
  };
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

/** The command of a plugin is a path only with a slash; otherwise the PATH is searched. */
function resolveUser(fields: RawFields, folder: string): RawFields {
  const exec = objectOf(fields["exec"]);
  const command = exec && stringField(exec, "command");
  const resolved = resolveFiles(["client-certificate", "client-key", "tokenFile"])(fields, folder);
  return command?.includes("/") ? { ...resolved, exec: { ...exec, command: absolute(folder, command) } } : resolved;
}
