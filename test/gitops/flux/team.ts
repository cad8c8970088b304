/** A namespace whose objects Flux applies from a folder of the repository. */
import { randomBytes, randomUUID } from "node:crypto";
import { RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { isNotFound } from "../../../operator/kube/errors.ts";
import type { KubeObject, Resource, StatusObject } from "../../../operator/kube/object.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { recordStatuses, type StatusRecorder } from "../../integration/support/world/recorder.ts";
import type { Platform } from "../platform.ts";
import { exampleObject, GIT_REPOSITORIES, KUSTOMIZATIONS, REQUESTED_AT, type FluxObject } from "./objects.ts";

const TIMEOUT_MS = 90_000;

export interface Team extends Disposable {
  namespace: string;
  /** Every state of its Kustomizations. */
  kustomizations: StatusRecorder<FluxObject>;
  /** The team's folder in the repository. */
  folder: string;
  /** Commits files of the folder. Returns Flux's name of the revision. Flux fetches it later. */
  commit(files: Parameters<Platform["repository"]["commit"]>[0]): Promise<string>;
  /** Commits, and lets the GitRepository of this name fetch it now, as a webhook of the repository does. */
  push(files: Parameters<Platform["repository"]["commit"]>[0], source?: string): Promise<string>;
  /**
   * Applies an object of Flux's examples: in this namespace, from this folder of the repository, and with changes of
   * its
   * spec.
   */
  deliver(resource: Resource, name: string, changes?: Record<string, unknown>): Promise<void>;
  edit(resource: Resource, name: string, spec: Record<string, unknown>): Promise<void>;
  delete(resource: Resource, name: string): Promise<void>;
  /** Requests a reconcile by Flux; resolves when it has ended. */
  reconcile(resource: Resource, name: string): Promise<FluxObject>;
  /** Requests a reconcile by the operator. Returns the request. */
  request(resource: Resource, name: string): Promise<string>;
  /** Requests a reconcile by the operator; resolves when it has ended. */
  compare(resource: Resource, name: string): Promise<void>;
  get<T extends KubeObject>(resource: Resource, name: string): Promise<T>;
  find<T extends KubeObject>(resource: Resource, name: string): Promise<T | undefined>;
  /** Resolves when `accept` returns true. */
  when<T extends StatusObject>(resource: Resource, name: string, accept: (object: T) => boolean): Promise<T>;
  gone(resource: Resource, name: string): Promise<void>;
}

/** Default: a new namespace. */
export async function createTeam(platform: Platform, existing?: string): Promise<Team> {
  const { kube, repository } = platform;
  const namespace = existing ?? `team-${randomBytes(4).toString("hex")}`;
  if (existing === undefined) await platform.kubectl(["create", "namespace", namespace]);
  const folder = `teams/${namespace}`;
  const kustomizations = recordStatuses<FluxObject>(kube, namespace, KUSTOMIZATIONS);
  await kustomizations.started;
  const key = ({ namespaced }: Resource, name: string) => (namespaced ? { namespace, name } : { name });
  const get: Team["get"] = (resource, name) => kube.get(resource, key(resource, name));
  const find: Team["find"] = async (resource, name) => {
    try {
      return await get(resource, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const annotate = (resource: Resource, name: string, annotation: string, value: string) =>
    kube.mergePatch(resource, key(resource, name), { metadata: { annotations: { [annotation]: value } } });
  const when: Team["when"] = <T extends StatusObject>(
    resource: Resource,
    name: string,
    accept: (object: T) => boolean,
  ) => eventually(() => get<T>(resource, name), accept, statusOf(resource, name), TIMEOUT_MS);
  const request: Team["request"] = async (resource, name) => {
    const value = randomUUID();
    await annotate(resource, name, RECONCILE_REQUESTED_AT, value);
    return value;
  };
  const commit: Team["commit"] = async (files) => {
    const paths = Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content] as const);
    return `main@sha1:${await repository.commit(Object.fromEntries(paths))}`;
  };
  return {
    namespace,
    kustomizations,
    folder,
    commit,
    async push(files, source = "team-a") {
      const revision = await commit(files);
      await annotate(GIT_REPOSITORIES, source, REQUESTED_AT, randomUUID());
      await when<FluxObject>(GIT_REPOSITORIES, source, ({ status }) => status?.artifact?.revision === revision);
      return revision;
    },
    async deliver(resource, name, changes = {}) {
      const { spec, ...object } = exampleObject(resource, name);
      const here = {
        url: repository.url,
        path: `${folder}/${String(spec["path"])}`,
        targetNamespace: namespace,
      };
      const replaced = Object.entries(here).filter(([field]) => field in spec);
      const metadata = { name, namespace };
      const applied: FluxObject = {
        ...object,
        metadata,
        spec: { ...spec, ...Object.fromEntries(replaced), ...changes },
      };
      await kube.apply(resource, applied, { fieldManager: "test", force: true });
    },
    async edit(resource, name, spec) {
      await kube.mergePatch(resource, key(resource, name), { spec });
    },
    async delete(resource, name) {
      await kube.delete(resource, key(resource, name));
    },
    async reconcile(resource, name) {
      const requested = randomUUID();
      await annotate(resource, name, REQUESTED_AT, requested);
      return when<FluxObject>(resource, name, ({ status }) => status?.lastHandledReconcileAt === requested);
    },
    request,
    async compare(resource, name) {
      const requested = await request(resource, name);
      await when<S3Bucket>(resource, name, ({ status }) => status?.reconcileRequestedAt === requested);
    },
    get,
    find,
    when,
    async gone(resource, name) {
      await eventually<StatusObject | undefined, undefined>(
        () => find<StatusObject>(resource, name),
        (found) => found === undefined,
        statusOf(resource, name),
        TIMEOUT_MS,
      );
    },
    [Symbol.dispose]: () => kustomizations.stop(),
  };
}

function statusOf({ kind }: Resource, name: string): (last: StatusObject | undefined) => string {
  return (last) => `${kind} ${name}: ${JSON.stringify(last?.status, undefined, 1)}`;
}
