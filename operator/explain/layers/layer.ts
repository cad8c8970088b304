/** `allowed`: nothing here is against it. `cannot tell`: it could not be read, or depends on the request. */
export type LayerState = "allowed" | "blocks" | "cannot tell";

/** One of the layers that a request must pass, and what it says. */
export interface Layer {
  name: string;
  state: LayerState;
  /** Why, in words, without a full stop. */
  detail: string;
  /** What to do about it, likewise. */
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
