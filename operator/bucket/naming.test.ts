import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketNameOf, type NameParts } from "./naming.ts";

const PARTS: NameParts = {
  cluster: "prod",
  namespace: "team",
  name: "docs",
  account: "111122223333",
  region: "eu-central-1",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isValidBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/.test(name)
  );
}

describe("bucketNameOf", () => {
  const hash = bucketNameOf("{hash}", PARTS);

  test("makes a hash of 8 hexadecimal digits", () => {
    expect(hash).toMatch(/^[0-9a-f]{8}$/);
  });

  test.each([
    [undefined, `team-docs-${hash}`],
    ["acme-{namespace}-{name}", "acme-team-docs"],
    ["{account}-{region}-{cluster}.{name}", "111122223333-eu-central-1-prod.docs"],
    ["{name}-{name}", "docs-docs"],
    ["{name}{other}", "docs{other}"],
  ])("fills in the template %s", (template, expected) => {
    expect(bucketNameOf(template, PARTS)).toBe(expected);
  });

  test("does not fill in placeholders in values", () => {
    expect(bucketNameOf("{namespace}-{name}", { ...PARTS, namespace: "{name}", name: "$&" })).toBe("{name}-$&");
  });

  test.each<Partial<NameParts>>([{ cluster: "dev" }, { namespace: "b" }, { name: "b" }, { account: "444455556666" }])(
    "makes another hash for %j",
    (other) => {
      expect(bucketNameOf("{hash}", { ...PARTS, ...other })).not.toBe(hash);
    },
  );

  test("makes different hashes for namespaces and names that are the same when joined", () => {
    const one = bucketNameOf("{hash}", { ...PARTS, namespace: "a-b", name: "c" });
    expect(bucketNameOf("{hash}", { ...PARTS, namespace: "a", name: "b-c" })).not.toBe(one);
  });

  test("makes the same name in every release, since another name would lose the bucket", () => {
    expect(bucketNameOf(undefined, { ...PARTS })).toBe("team-docs-18cd73a2");
  });
});

describe("bucketNameOf with a long name", () => {
  test("keeps a name of 63 characters", () => {
    expect(bucketNameOf("{name}", { ...PARTS, name: "a".repeat(63) })).toBe("a".repeat(63));
  });

  test("cuts a longer name, and appends the hash", () => {
    const parts = { ...PARTS, name: "a".repeat(63) };
    const hash = bucketNameOf("{hash}", parts);
    expect(bucketNameOf("{name}x", parts)).toBe(`${"a".repeat(54)}-${hash}`);
    expect(bucketNameOf("{hash}-{name}", parts)).toBe(`${hash}-${"a".repeat(45)}-${hash}`);
  });

  test("does not cut after a dot or hyphen", () => {
    const name = `${"a".repeat(52)}.-${"b".repeat(20)}`;
    expect(bucketNameOf("{name}", { ...PARTS, name })).toMatch(/^a{52}-[0-9a-f]{8}$/);
  });

  test("makes different names from long names with the same beginning", () => {
    const [one, other] = ["x", "y"].map((end) =>
      bucketNameOf("{name}-{namespace}", { ...PARTS, name: "a".repeat(63), namespace: end.repeat(63) }),
    );
    expect(one).not.toBe(other);
  });
});

describe("bucketNameOf with every name that Kubernetes allows", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  // AWS reserves these prefixes: a template that begins with the namespace cannot exclude them.
  const namespace = label.filter((name) => !/^(xn--|sthree-|amzn-s3-demo-)/.test(name));
  const name = fc
    .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
    .map((labels) => labels.join("."))
    .filter(({ length }) => length <= 63);
  const parts = fc.record({
    cluster: label,
    namespace,
    name,
    account: fc.stringMatching(/^\d{12}$/),
    region: fc.constantFrom("us-east-1", "ap-southeast-3"),
  });

  test.each([undefined, "{namespace}-{name}-{hash}", "b-{cluster}-{namespace}-{name}-{region}-{account}.{hash}"])(
    "makes a name that S3 accepts from the template %s",
    (template) => {
      fc.assert(fc.property(parts, (parts) => isValidBucketName(bucketNameOf(template, parts))));
    },
  );

  test("makes different names for different objects", () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(one.namespace !== other.namespace || one.name !== other.name);
        expect(bucketNameOf(undefined, one)).not.toBe(bucketNameOf(undefined, other));
      }),
    );
  });
});
