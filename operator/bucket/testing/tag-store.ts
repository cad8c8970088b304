import type { Tags } from "../../api/ownership.ts";
import { sdkError, type Call } from "./fake-bucket.ts";

/** S3 Control with the tags of one bucket, at most 50. */
export function tagStore(tags: Tags): {
  current: Map<string, string>;
  answers: Record<string, (call: Call) => unknown>;
} {
  const current = new Map(Object.entries(tags));
  const listed = () => [...current].map(([Key, Value]) => ({ Key, Value }));
  const answers = {
    ListTagsForResourceCommand: () => ({ Tags: listed() }),
    TagResourceCommand: ({ input }: Call) => {
      const added = (input["Tags"] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value] as const);
      if (new Map([...current, ...added]).size > 50) throw sdkError("BadRequest", 400);
      for (const [key, value] of added) current.set(key, value);
    },
    UntagResourceCommand: ({ input }: Call) => {
      for (const key of input["TagKeys"] as string[]) current.delete(key);
    },
  };
  return { current, answers };
}

/** This many tags of a user. */
export function userTags(count: number): Tags {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, String(index)]));
}
