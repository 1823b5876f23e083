import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../../../tools/toolchain/ollama-server";
import { type OpenSearchServer, startOpenSearch } from "../../../tools/toolchain/opensearch/server";
import { readSelection } from "../../../tools/toolchain/selection";
import { ADMIN_PASSWORD, type ServerAddress, type ServerKind } from "./address";
import { idsShareWords } from "./id-words";
import { callsTo } from "./server-call";

/** A server for developing tests. `npm run opensearch` starts one. */
const givenEndpoint = process.env.OLLAMA_CHAT_TEST_OPENSEARCH;

/**
 * Provides the addresses of the real OpenSearch servers that all tests share: one without security, one with. Each
 * starts when the first test asks for it, so unit tests start none, and stops at the end of the run.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const servers = new Map<ServerKind, Promise<OpenSearchServer>>();
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-opensearch-"));
  // The servers run as another user, who needs access to the folder.
  chmodSync(folder, 0o711);
  const broker = createServer((request, response) => {
    const kind = request.url?.slice(1) === "secured" ? "secured" : "plain";
    const given = kind === "plain" ? givenEndpoint : undefined;
    const started =
      given === undefined ? start(kind, servers, folder).then(addressOf) : Promise.resolve({ endpoint: given });
    started.then(
      (address) => answer(response, 200, address),
      (error: unknown) => answer(response, 500, { error: String(error) }),
    );
  });
  await new Promise<void>((listening) => broker.listen(0, "127.0.0.1", listening));
  project.provide("opensearchBroker", `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  return async () => {
    broker.close();
    const running = await Promise.allSettled(servers.values());
    await Promise.all(running.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
    rmSync(folder, { recursive: true, force: true });
  };
}

function start(
  kind: ServerKind,
  servers: Map<ServerKind, Promise<OpenSearchServer>>,
  folder: string,
): Promise<OpenSearchServer> {
  const present = servers.get(kind);
  if (present) return present;
  const server = startOne(kind, join(folder, kind));
  servers.set(kind, server);
  return server;
}

async function startOne(kind: ServerKind, folder: string): Promise<OpenSearchServer> {
  const found = readSelection()?.opensearch;
  if (found === undefined) throw new Error("The toolchain has no OpenSearch: run npm test.");
  for (;;) {
    const server = await startOpenSearch({
      ...found,
      folder,
      port: await freePort(),
      ...(kind === "secured" ? { password: ADMIN_PASSWORD } : {}),
      // The sync-up job sometimes marks a model that was just undeployed as DEPLOY_FAILED.
      settings: { "plugins.ml_commons.sync_up_job_interval_in_seconds": 0 },
    });
    // One start in six has such ids. Another start has others.
    if (!(await idsShareWords(callsTo(addressOf(server), kind)))) return server;
    await server.stop();
  }
}

const addressOf = ({ endpoint, caCertificate, administrator }: OpenSearchServer): ServerAddress => ({
  endpoint,
  caCertificate,
  administrator,
});

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
