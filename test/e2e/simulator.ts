/**
 * The AWS simulator as a program for a Pod. It listens on all addresses, at PORT (4566), and has the account of the
 * quick start.
 */
import { connect, createServer, type AddressInfo } from "node:net";
import { startSimulator } from "../aws/index.ts";

const PORT = Number(process.env["PORT"] ?? 4566);
const ACCOUNT_ID = "111122223333";

const simulator = await startSimulator();
// Its only credentials, which values.yaml gives to the operator.
simulator.account(ACCOUNT_ID);
const { port } = new URL(simulator.url);

const entrance = createServer((client) => {
  const server = connect(Number(port), "127.0.0.1");
  client.pipe(server).pipe(client);
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
});
entrance.listen(PORT, "0.0.0.0", () => {
  process.stdout.write(`AWS simulator: port ${(entrance.address() as AddressInfo).port}\n`);
});

process.once("SIGTERM", () => process.exit(0));
