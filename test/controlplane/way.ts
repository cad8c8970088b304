/** One way of getting binaries that are not on this machine yet. */
import type { BinaryName } from "./versions.ts";

/** Takes one line, without its newline. */
export type Log = (line: string) => void;

/** Where a {@link Way} works: nothing that it leaves in `temporary` outlives it, only what it publishes. */
export interface Workshop {
  /** An empty folder on the cache's file system. */
  temporary: string;
  log: Log;
  /** Moves a whole and verified file into the cache, in one step. */
  publish: (name: BinaryName, file: string) => Promise<void>;
}

export interface Way {
  title: string;
  /** Publishes those of `missing` that this way offers, perhaps none. Throws an error that says why not. */
  provide: (missing: readonly BinaryName[], workshop: Workshop) => Promise<void>;
}
