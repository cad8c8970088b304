/** `cannot tell`: the layer cannot be read, or depends on unknown parts of the request. */
type LayerState = "allowed" | "blocks" | "cannot tell";

/** A layer that the request must pass. */
export interface Layer {
  name: string;
  state: LayerState;
  /** Why, without a full stop. */
  detail: string;
  /** What the user can do, without a full stop. Absent if allowed. */
  remedy?: string;
}

export function allowed(name: string, detail: string): Layer {
  return { name, state: "allowed", detail };
}

export function blocks(name: string, detail: string, remedy: string): Layer {
  return { name, state: "blocks", detail, remedy };
}

export function cannotTell(name: string, detail: string, remedy: string): Layer {
  return { name, state: "cannot tell", detail, remedy };
}

export function cannotBeRead(name: string, remedy: string): Layer {
  return cannotTell(name, "cannot be read", remedy);
}

export function depends(name: string, keys: readonly string[]): Layer {
  return cannotTell(name, `depends on ${keys.join(", ")} of the request`, "compare the statements with the request");
}
