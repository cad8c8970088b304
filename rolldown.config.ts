import { defineConfig } from "rolldown";
import manifest from "./package.json" with { type: "json" };

/** One file that runs with nothing beside it. */
export default defineConfig({
  input: "operator/main.ts",
  platform: "node",
  // Lowered so far that a Node too old to run it can at least parse it, and say so.
  transform: { target: "es2022", define: { __VERSION__: JSON.stringify(manifest.version) } },
  output: {
    file: "dist/operator.mjs",
    format: "esm",
    minify: { mangle: { keepNames: true } },
    codeSplitting: false,
    comments: { legal: false },
    // Some dependencies are CommonJS and call require for Node's own modules.
    banner:
      'if (Number(process.versions.node.split(".")[0]) < 24) { console.error("s3-operator: needs Node 24 or later, but this is Node " + process.versions.node); process.exit(1); }\n' +
      'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
