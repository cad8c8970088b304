/** A source of binaries that are not on this machine yet. */
import type { BinaryName } from "./versions.ts";

/** Takes one line, without its newline. */
export type Log = (line: string) => void;

/** Where a {@link Source} works: only published files outlive `temporary`. */
export interface Staging {
  /** An empty folder on the cache's file system. */
  temporary: string;
  log: Log;
  /** Moves a complete and verified file into the cache, in one step. */
  publish: (name: BinaryName, file: string) => Promise<void>;
}

export interface Source {
  title: string;
  /** Publishes those of `missing` that the source offers, perhaps none. Throws an error that says why not. */
  provide: (missing: readonly BinaryName[], staging: Staging) => Promise<void>;
}
