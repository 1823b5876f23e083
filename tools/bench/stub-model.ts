import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// A model server that answers at once, whatever it is asked.
const ANSWER = JSON.stringify({ model: "stub", response: "ready", done: true });

const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(ANSWER) });
    response.end(ANSWER);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on port ${(server.address() as AddressInfo).port}\n`);
});
