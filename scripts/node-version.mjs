// Plain JavaScript, so that a Node without support for TypeScript can print the message.
const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `s3-operator needs Node 24 or later, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      "On Linux x64 `npm ci` installs Node 24: run 'make build', then use 'make' or 'npm run', not plain 'node'.\n" +
      "If it is not there, npm omits optional dependencies: see `npm config get omit`.",
  );
  process.exit(1);
}
