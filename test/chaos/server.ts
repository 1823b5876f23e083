import { z } from "zod";
import type { Json } from "../engine/support/resource-world";
import type { ServerAddress } from "../support/opensearch/address";
import { type Call, callsTo } from "../support/opensearch/server-call";

/** An object on the server. */
export interface Shown {
  readonly id: string;
  readonly type: string;
  readonly fields: Json;
}

/** Everything that stacks and people created on a cluster. */
export interface Sight {
  readonly objects: readonly Shown[];
  /** Persistent settings by flat key, without the resources' claims. */
  readonly settings: Json;
  /** Settings that hold the resources' claims. */
  readonly claims: readonly string[];
}

const CLAIMS = "cluster.metadata.ollama_chat.";
const KINDS = [
  ["ModelGroup", "model_groups"],
  ["Connector", "connectors"],
  ["DeployedModel", "models"],
] as const;

const found = z.object({
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: z.record(z.string(), z.unknown()) })) }),
});
const settings = z.object({
  persistent: z.record(z.string(), z.unknown()),
  transient: z.record(z.string(), z.unknown()),
});
const mappings = z.record(z.string(), z.object({ mappings: z.record(z.string(), z.unknown()) }));

/** Direct access to the server, without proxies and without this package's clients. */
export class PlainServer {
  readonly #call: Call;

  constructor(address: ServerAddress) {
    this.#call = callsTo(address, "plain");
  }

  /** A request as administrator. Throws on a refusal, which would be a bug in the suite. */
  async done(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.#call(method, path, body);
    if (answer.error !== undefined) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async look(): Promise<Sight> {
    const [flat, indices, ...kinds] = await Promise.all([
      this.done("GET", "/_cluster/settings?flat_settings=true"),
      this.done("GET", "/*/_mapping"),
      ...KINDS.map(([type, path]) => this.#objects(type, path)),
    ]);
    const { persistent, transient } = settings.parse(flat);
    const own = (key: string) => key.startsWith(CLAIMS);
    return {
      objects: [...kinds.flat(), ...indicesIn(indices)],
      settings: Object.fromEntries(Object.entries({ ...persistent, ...transient }).filter(([key]) => !own(key))),
      claims: Object.keys(persistent).filter(own),
    };
  }

  async #objects(type: string, path: string): Promise<Shown[]> {
    const answer = await this.#call("POST", `/_plugins/_ml/${path}/_search`, { query: { match_all: {} }, size: 1000 });
    // The index does not exist until the first object is created.
    const { hits } = found.safeParse(answer).data?.hits ?? { hits: [] };
    // Search results show a model's state with delay.
    const fieldsOf = async (id: string, shown: Json): Promise<Json> =>
      type === "DeployedModel" ? await this.#call("GET", `/_plugins/_ml/models/${id}`) : shown;
    return await Promise.all(
      hits.map(async ({ _id, _source }) => ({ id: _id, type, fields: await fieldsOf(_id, _source) })),
    );
  }
}

function indicesIn(answer: Json): Shown[] {
  return Object.entries(mappings.parse(answer))
    .filter(([name]) => !/^\.|^security-auditlog-/.test(name))
    .map(([id, { mappings: fields }]) => ({ id, type: "SearchIndex", fields }));
}
