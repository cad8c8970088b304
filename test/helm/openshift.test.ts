/** The chart with values-openshift.yaml meets the security context constraint restricted-v2, and reaches DNS. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { KubeObject } from "../../operator/kube/object.ts";
import { CHART, createHelm, HELMS, only } from "./support/helm.ts";

const VALUES = `--values=${join(CHART, "values-openshift.yaml")}`;

/** Fields that restricted-v2 sets itself, from a range of the namespace. */
const IDS = ["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"];

/** Paths of all fields with one of these names. */
function pathsOf(value: unknown, names: readonly string[], path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(names.includes(key) ? [`${path}.${key}`] : []),
    ...pathsOf(inner, names, `${path}.${key}`),
  ]);
}

interface Policy extends KubeObject {
  spec: { egress: { to?: object[]; ports: { port: number; protocol: string }[] }[] };
}

describe.each(HELMS)("rendered by %s", (name) => {
  let objects: KubeObject[];
  beforeAll(async () => {
    await using helm = await createHelm(name);
    objects = await helm.template(VALUES, "--set=networkPolicy.enabled=true");
  });

  test("no object has the id of a user or group", async () => {
    expect(objects.flatMap((object) => pathsOf(object, IDS, `${object.kind}/${object.metadata.name}`))).toEqual([]);
    await using helm = await createHelm(name);
    const usual = await helm.template();
    expect(
      usual.flatMap((object) => pathsOf(object, IDS)),
      "the check finds ids where they are",
    ).not.toEqual([]);
  });

  test("the Pod meets the Pod Security Standard restricted", () => {
    const pod = (only(objects, "Deployment") as unknown as { spec: { template: { spec: object } } }).spec.template.spec;
    expect(pod).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
    expect(pathsOf(pod, ["hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "privileged"])).toEqual([]);
  });

  test("the NetworkPolicy lets DNS out to ports 53 and 5353", () => {
    const { spec } = only(objects, "NetworkPolicy") as Policy;
    const open = spec.egress.flatMap(({ ports }) => ports.map(({ port, protocol }) => `${port}/${protocol}`));
    expect(open).toEqual(expect.arrayContaining(["53/UDP", "53/TCP", "5353/UDP", "5353/TCP"]));
  });
});
