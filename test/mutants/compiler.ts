/** Finds mutants that do not compile: `make check` notices them, whatever the tests say. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import type { Mutant } from "./mutants.ts";
import { ROOT } from "./parts.ts";

/** A mutant may leave a parameter unused, which is no error of types. */
const CONFIG = {
  extends: "./base.json",
  compilerOptions: { incremental: true, tsBuildInfoFile: "state", noUnusedLocals: false, noUnusedParameters: false },
  include: ["operator"],
  exclude: ["**/*.test.ts", "**/testing"],
};

export interface Compiler extends Disposable {
  accepts(mutant: Mutant): Promise<boolean>;
}

/** Works on a copy of operator/. Throws if that does not compile as it is. */
export async function createCompiler(): Promise<Compiler> {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  cpSync(join(ROOT, "operator"), join(folder, "operator"), { recursive: true });
  cpSync(join(ROOT, "tsconfig.json"), join(folder, "base.json"));
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIG));
  const compile = () => runCommand(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder]);
  const { code, stdout } = await compile();
  if (code !== 0) throw new Error(`The code does not compile without a mutant:\n${stdout}`);
  return {
    async accepts(mutant) {
      const copy = join(folder, relative(ROOT, mutant.file));
      writeFileSync(copy, mutant.text());
      const { code: result } = await compile();
      cpSync(mutant.file, copy);
      return result === 0;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
