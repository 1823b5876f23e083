import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../tools/toolchain/package-root";
import { readSelection } from "../../tools/toolchain/selection";
import { ResourceWorld } from "../engine/support/resource-world";
import { startOllama } from "../support/ollama";
import type { Exchange } from "../support/opensearch/fault-proxy";
import { recordedProgram } from "./program";
import { recordFile, type StateRecord, withPlaceholders } from "./record";
import { ollamaValues, uuidOf } from "./replay";

// Records the state of this checkout's version: `npm run test:record`, on the OpenSearch at OLLAMA_CHAT_TEST_OPENSEARCH.
// Run it once per release, before the next one changes anything. A record is never made again.

const ID_FIELDS = ["model_group_id", "connector_id", "model_id"];

async function record(endpoint: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")));
  const exchanges: Exchange[] = [];
  const ollama = await startOllama();
  const world = await ResourceWorld.start("recorded", {
    server: { endpoint },
    log: (_line, exchange) => exchanges.push(exchange),
  });
  try {
    const program = recordedProgram(world, { endpoint: ollama.endpoint, model: readSelection()?.chatModel ?? "" });
    const made = await world.up(program);
    if (made.code !== 0) throw new Error(made.output);
    const { output } = await world.project.cli("stack", "export", "--show-secrets");
    const values = new Map([
      ["endpoint", world.cluster.url],
      ["modelEndpoint", world.model.endpoint],
      ["ollamaEndpoint", ollama.endpoint],
      ["folder", world.project.folder],
      ...(await ollamaValues(ollama.endpoint)),
      ["clusterUuid", String((await world.done("GET", "/")).cluster_uuid)],
      ...[...world.ids()]
        .filter(([name]) => isOnServer(name))
        .map(([name, id]): [string, string] => [`id:${name}`, id]),
      ["uuid:index", await uuidOf(world, world.id("index"))],
    ]);
    const names = new Map([...values].map(([placeholder, value]) => [value, placeholder]));
    const whole: StateRecord = {
      version,
      program: program as StateRecord["program"],
      writes: exchanges.filter(isWrite).map((exchange) => ({ ...requestOf(exchange), ...madeBy(exchange, names) })),
      export: JSON.parse(output, withoutPositions) as StateRecord["export"],
    };
    const file = recordFile(version);
    writeFileSync(file, `${JSON.stringify(withPlaceholders(whole, values), undefined, 2)}\n`);
    return file;
  } finally {
    await world.project.destroy();
    await world.stop();
    await ollama.stop();
  }
}

/** Ids that the server chose. The ids of indices and settings follow from the program. */
const isOnServer = (name: string): boolean => ["plain", "described", "connector", "model"].includes(name);

/** Drops the source positions of resources: they name paths of this machine. */
function withoutPositions(key: string, value: unknown): unknown {
  return key === "sourcePosition" || key === "stackTrace" ? undefined : value;
}

function isWrite({ method, url }: Exchange): boolean {
  return method === "PUT" || (method === "POST" && /\/_(register|create)$/.test(url.split("?", 1)[0] ?? ""));
}

function requestOf({ method, url, body }: Exchange) {
  return { method, url, body: JSON.parse(body || "null") as unknown };
}

function madeBy({ answer }: Exchange, names: ReadonlyMap<string, string>) {
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(answer?.body || "{}"));
  const field = ID_FIELDS.find((each) => typeof fields[each] === "string");
  const placeholder = field && names.get(String(fields[field]));
  return field === undefined || placeholder === undefined ? {} : { made: { field, placeholder } };
}

const endpoint = process.env.OLLAMA_CHAT_TEST_OPENSEARCH;
if (endpoint === undefined) throw new Error("Name an OpenSearch to record on: OLLAMA_CHAT_TEST_OPENSEARCH.");
record(endpoint).then(
  (file) => console.log(`Recorded ${file}`),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
