// Plain JavaScript, so that even a Node too old for TypeScript can say so.
const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `s3-operator needs Node 24 or later, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      "On Linux x64 the lock file brings Node 24: run 'make build', then use 'make' or 'npm run', not plain 'node'.\n" +
      "If it is missing all the same, optional dependencies are switched off (npm config get omit).",
  );
  process.exit(1);
}
