/** The cluster and the user of a kubeconfig's current context, checked, as client-node's KubeConfig takes them. */

import type { Cluster, User } from "@kubernetes/client-node";
import { pluginOf, type PluginConfig } from "./exec-plugin-config.ts";
import {
  KubeConfigError,
  objectOf,
  readableFile,
  stringField,
  type Content,
  type RawFields,
} from "./kubeconfig-content.ts";

/** A user of client-node with what it lacks. */
export interface KubeUser extends User {
  /** Headers: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/ */
  impersonation?: Readonly<Record<string, readonly string[]>>;
  plugin?: PluginConfig;
}

/** `cluster` and `user` describe the entries in messages. */
export interface Context {
  cluster: { title: string; fields: RawFields };
  user: { title: string; fields: RawFields };
}

/** @throws KubeConfigError */
export function currentOf({ currentContext, contexts, clusters, users }: Content, source = ""): Context {
  const fail = (problem: string) => new KubeConfigError(`${source}: ${problem}`);
  if (currentContext === undefined) throw fail("current-context is not set");
  const context = contexts.get(currentContext);
  if (context === undefined) throw fail(`there is no context '${currentContext}', which current-context names`);
  const find = (kind: "cluster" | "user", entries: ReadonlyMap<string, RawFields>) => {
    const name = stringField(context, kind);
    if (name === undefined && kind === "user") return { title: `${source}: user`, fields: {} };
    if (name === undefined) throw fail(`context '${currentContext}' has no ${kind}`);
    const fields = entries.get(name);
    if (fields === undefined) throw fail(`there is no ${kind} '${name}', which context '${currentContext}' names`);
    return { title: `${source}: ${kind} '${name}'`, fields };
  };
  return { cluster: find("cluster", clusters), user: find("user", users) };
}

/** @throws KubeConfigError */
export function clusterOf({ cluster: { title, fields } }: Context): Cluster {
  const server = stringField(fields, "server");
  const proxyUrl = stringField(fields, "proxy-url");
  const caFile = stringField(fields, "certificate-authority");
  const caData = stringField(fields, "certificate-authority-data");
  const tlsServerName = stringField(fields, "tls-server-name");
  const url = server === undefined ? null : URL.parse(server);
  if (url === null || !isHttp(url)) throw new KubeConfigError(`${title}: server must be an http or https URL`);
  const proxy = proxyUrl === undefined ? undefined : URL.parse(proxyUrl);
  if (proxy === null || (proxy !== undefined && !isHttp(proxy)))
    throw new KubeConfigError(`${title}: proxy-url must be an http or https URL; SOCKS is not supported`);
  return {
    name: "cluster",
    server: url.href.replace(/\/$/, ""),
    // client-node takes an http URL only with it.
    skipTLSVerify: fields["insecure-skip-tls-verify"] === true || url.protocol === "http:",
    ...(proxyUrl !== undefined && { proxyUrl }),
    ...(tlsServerName !== undefined && { tlsServerName }),
    // As in kubectl, data takes precedence over a file.
    ...(caData !== undefined ? { caData } : caFile !== undefined && { caFile: readableFile(title, caFile) }),
  };
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** @throws KubeConfigError for what the operator does not support, by name */
export function userOf({ user: { title, fields }, cluster }: Context): KubeUser {
  if (objectOf(fields["auth-provider"]) !== undefined) {
    throw new KubeConfigError(
      `${title}: auth-provider is not supported: use a credential plugin (exec) or a tokenFile`,
    );
  }
  const [certData, keyData] = [stringField(fields, "client-certificate-data"), stringField(fields, "client-key-data")];
  const [certFile, keyFile] = [stringField(fields, "client-certificate"), stringField(fields, "client-key")];
  const tokenFile = stringField(fields, "tokenFile");
  const [token, username] = [stringField(fields, "token"), stringField(fields, "username")];
  const impersonation = impersonationOf(title, fields);
  const exec = objectOf(fields["exec"]);
  const isStatic = [token, tokenFile, username].some((value) => value !== undefined);
  return {
    name: "user",
    ...(certData !== undefined ? { certData } : certFile !== undefined && { certFile: readableFile(title, certFile) }),
    ...(keyData !== undefined ? { keyData } : keyFile !== undefined && { keyFile: readableFile(title, keyFile) }),
    // As in kubectl, a file takes precedence over a token, and both over a plugin. client-node reads it every minute.
    ...(tokenFile !== undefined
      ? { authProvider: { name: "tokenFile", config: { tokenFile: readableFile(title, tokenFile) } } }
      : token !== undefined && { token }),
    ...(username !== undefined && { username, password: stringField(fields, "password") ?? "" }),
    ...(impersonation !== undefined && { impersonation }),
    ...(exec !== undefined && !isStatic && { plugin: pluginOf(title, exec, cluster.fields) }),
  };
}

function impersonationOf(title: string, fields: RawFields): KubeUser["impersonation"] | undefined {
  const user = stringField(fields, "as");
  const uid = stringField(fields, "as-uid");
  const groups = textsOf(title, "as-groups", fields["as-groups"]);
  const extra = Object.entries(objectOf(fields["as-user-extra"]) ?? {}).map(
    ([key, values]) =>
      [`Impersonate-Extra-${encodeURIComponent(key)}`, textsOf(title, "as-user-extra", values)] as const,
  );
  const isMore = uid !== undefined || groups.length > 0 || extra.length > 0;
  if (user === undefined && isMore)
    throw new KubeConfigError(`${title}: as-uid, as-groups and as-user-extra need a user in 'as'`);
  if (user === undefined) return undefined;
  return {
    "Impersonate-User": [user],
    ...(uid !== undefined && { "Impersonate-Uid": [uid] }),
    ...(groups.length > 0 && { "Impersonate-Group": groups }),
    ...Object.fromEntries(extra),
  };
}

function textsOf(title: string, name: string, value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  if (!list.every((each) => typeof each === "string"))
    throw new KubeConfigError(`${title}: ${name} must be a list of text`);
  return list;
}
