import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listModels } from "../../clients/ollama/models";
import { OllamaServer } from "../../clients/ollama/server";
import type { Connection } from "../../clients/opensearch/connect";
import { openSearch } from "../../clients/opensearch/connect";
import { createIndex } from "../../clients/opensearch/indices";
import { Deadline, waitFor } from "../../clients/wait";
import { startEmulator } from "../../emulator";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { type ConnectorPreset, ollamaEmbedding, ollamaGenerate } from "../../providers/connector/presets";
import { trustedEndpointRegex } from "../../providers/connector/trust";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import type { Lifecycle } from "../../providers/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { passageMappings, VECTOR_FIELD } from "../../providers/search-index/passages";
import { docker, runDocker } from "../../toolchain/docker";
import { freePort } from "../../toolchain/ollama-server";

export const EMBEDDING_MODEL = "all-minilm";
const DIMENSION = 384;
const START_SECONDS = 240;

export interface RagWorldOptions {
  /** Image of the toolchain with a real OpenSearch. */
  readonly image: string;
  readonly ollama: { readonly program: string; readonly models: string };
  readonly chatModel: string;
  /** Told what is waited for. */
  readonly say?: (line: string) => void;
}

/**
 * A real OpenSearch in a container, the ML Commons emulator in front of it, a real Ollama on loopback, and what
 * `OllamaRagStack` makes of them: an index, a deployed embedding model and a deployed chat model. Made with the same
 * lifecycles, without an engine.
 */
export interface RagWorld {
  readonly connection: Connection;
  readonly ollamaEndpoint: string;
  readonly index: string;
  readonly modelId: string;
  readonly embeddingModelId: string;
  stop(): Promise<void>;
}

export async function openRagWorld(options: RagWorldOptions): Promise<RagWorld> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const [ollama, server] = await Promise.all([startOllama(options, stops), startOpenSearch(options, stops)]);
    const emulator = await startEmulator({ upstream: { url: server } });
    stops.push(() => emulator.close());
    const connection = { endpoint: emulator.url };
    const made = await makeModels(connection, ollama, options.chatModel);
    const index = "passages";
    const vector = { type: "float", index: false, doc_values: false };
    const mappings = passageMappings({ embeddingModel: EMBEDDING_MODEL, dimension: DIMENSION });
    const properties = { ...(mappings.properties as object), [VECTOR_FIELD]: vector };
    await createIndex(openSearch(connection), index, { mappings: { ...mappings, properties }, settings: {} });
    return { connection, ollamaEndpoint: ollama, index, ...made, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Stops = (() => Promise<unknown>)[];

async function startOllama({ ollama, say }: RagWorldOptions, stops: Stops): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "ollama-chat-home-"));
  const host = `127.0.0.1:${await freePort()}`;
  const own = {
    HOME: home,
    OLLAMA_HOST: host,
    OLLAMA_MODELS: ollama.models,
    OLLAMA_NOPRUNE: "1",
    OLLAMA_NO_CLOUD: "1",
  };
  const server = spawn(ollama.program, ["serve"], { env: { ...process.env, ...own }, stdio: "ignore" });
  const ended = new Promise<void>((done) => server.on("close", () => done()));
  stops.push(async () => {
    server.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  const endpoint = `http://${host}`;
  await answers(`${endpoint}/api/version`, "Ollama", say);
  const names = (await listModels(new OllamaServer(endpoint))).map(({ name }) => name);
  if (!names.some((name) => name.startsWith(EMBEDDING_MODEL))) {
    throw new Error(`Ollama has no ${EMBEDDING_MODEL}: run npm run toolchain, which brings it.`);
  }
  return endpoint;
}

async function startOpenSearch({ image, say }: RagWorldOptions, stops: Stops): Promise<string> {
  const name = `ollama-chat-rag-${process.pid}`;
  const port = await freePort();
  const environment = [
    "discovery.type=single-node",
    "DISABLE_SECURITY_PLUGIN=true",
    "OPENSEARCH_JAVA_OPTS=-Xms512m -Xmx512m",
  ];
  const flags = environment.flatMap((variable) => ["--env", variable]);
  stops.push(() => docker(["rm", "--force", "--volumes", name]));
  await runDocker(["run", "--detach", "--name", name, "--publish", `127.0.0.1:${port}:9200`, ...flags, image]);
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(`${endpoint}/_cluster/health`, "OpenSearch", say);
  return endpoint;
}

async function answers(url: string, what: string, say?: (line: string) => void): Promise<void> {
  const look = async () => {
    const answer = await fetch(url).catch(() => undefined);
    return answer?.ok ? { done: true } : { last: answer === undefined ? "no answer" : `status ${answer.status}` };
  };
  await waitFor(look, { waitingFor: what, deadline: Deadline.after(START_SECONDS * 1000), onLong: say });
}

async function makeModels(connection: Connection, ollama: string, chatModel: string) {
  // One thread: two of them spin against each other where the cores are shared.
  const chat = ollamaGenerate({
    endpoint: ollama,
    model: chatModel,
    options: { num_predict: 120, num_thread: 1, temperature: 0 },
  });
  const embedding = ollamaEmbedding({ endpoint: ollama, model: EMBEDDING_MODEL });
  const settings = {
    "plugins.ml_commons.connector.private_ip_enabled": "true",
    "plugins.ml_commons.trusted_connector_endpoints_regex": [chat, embedding].map(({ actions }) =>
      trustedEndpointRegex(actions[0]?.url ?? ""),
    ),
  };
  await create(clusterSettingLifecycle, { connection, settings, owner: owner("ClusterSetting", "settings") });
  const modelGroupId = await create(modelGroupLifecycle, { connection, owner: owner("ModelGroup", "group") });
  const deploy = async (name: string, preset: ConnectorPreset) => {
    const connectorId = await create(connectorLifecycle, { connection, ...preset, owner: owner("Connector", name) });
    const news = { connection, modelGroupId, connectorId, owner: owner("DeployedModel", name) };
    return await create(deployedModelLifecycle, news);
  };
  return { embeddingModelId: await deploy("embedding", embedding), modelId: await deploy("chat", chat) };
}

function owner(type: string, name: string): string {
  return `urn:pulumi:rag::rag::pulumi-nodejs:dynamic/ollamachat:${type}::${name}`;
}

async function create<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object): Promise<string> {
  const { inputs, failures } = lifecycle.check(news, {});
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  return (await lifecycle.create(inputs)).id;
}
