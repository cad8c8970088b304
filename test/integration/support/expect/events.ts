import { EVENTS } from "../../../../operator/kube/events.ts";
import type { KubeObject } from "../../../../operator/kube/object.ts";
import type { AnyWorld } from "../world/world.ts";
import { eventually } from "./wait.ts";

/** The fields of an events.k8s.io/v1 Event that tests read. */
export interface SeenEvent extends KubeObject {
  eventTime: string;
  type: "Normal" | "Warning";
  reason: string;
  note: string;
  regarding: { name: string };
}

/** Events about one object of the world's namespace, oldest first. */
export async function eventsOf({ kube, name: namespace }: AnyWorld, name: string): Promise<SeenEvent[]> {
  const { items } = await kube.list<SeenEvent>(EVENTS, { namespace });
  const about = items.filter(({ regarding }) => regarding.name === name);
  return about.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
}

/** The first event with this reason. Events are written after the reconcile that they concern. */
export async function eventWhen(world: AnyWorld, name: string, reason: string): Promise<SeenEvent> {
  const events = await eventually(
    () => eventsOf(world, name),
    (all) => all.some((event) => event.reason === reason),
    (last) => `No event ${reason} among ${JSON.stringify(last?.map((event) => [event.reason, event.note]))}`,
  );
  const event = events.find((each) => each.reason === reason);
  if (event === undefined) throw new Error("unreachable");
  return event;
}
