import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { ollamaGenerate } from "../../providers/connector/presets";
import type { Connection } from "../../providers/shared/connection";
import type { Lifecycle } from "../../providers/shared/lifecycle";
import { LoopbackServer } from "../support/loopback-server";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster, type TestClusterOptions } from "../support/opensearch/test-cluster";

export { PASSWORD };

export function urn(type: string, name: string): string {
  return `urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:${type}::${name}`;
}

/** Where resources keep on the cluster what they want of it. */
const CLAIMS = "cluster.metadata.ollama_chat.claims.";

/** How the model server answers its next requests, or that it does not. A body of text is a stream of JSON documents. */
type Mood = "silent" | { readonly status: number; readonly body: unknown };

/** A model server that answers every question, or refuses as it is told. */
export class ModelServer extends LoopbackServer {
  readonly requests: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  mood: Mood = { status: 200, body: { model: "m", response: "ready", done: true } };

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    this.requests.push({ path: request.url ?? "", body: JSON.parse(body || "{}") });
    if (this.mood === "silent") return;
    const { status, body: answer } = this.mood;
    const isStream = typeof answer === "string";
    response.writeHead(status, { "content-type": isStream ? "application/x-ndjson" : "application/json" });
    response.end(isStream ? answer : JSON.stringify(answer));
  }
}

export const FAILING: Mood = { status: 500, body: { error: "llama runner process has terminated" } };

/** A cluster and a model server for one test, with everything the resource under test printed. */
export class World {
  readonly lines: string[] = [];

  private constructor(
    readonly cluster: TestCluster,
    readonly model: ModelServer,
  ) {}

  static async start(options: TestClusterOptions = {}): Promise<World> {
    const cluster = await TestCluster.start(options);
    const world = new World(cluster, await new ModelServer().start());
    vi.spyOn(console, "log").mockImplementation((line: unknown) => void world.lines.push(String(line)));
    return world;
  }

  async stop(): Promise<void> {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await this.model.stop();
    await this.cluster.close();
  }

  /** Patient: on a busy machine a try that is given up and sent again would be one too many. */
  get connection(): Connection {
    return {
      endpoint: this.cluster.url,
      username: "admin",
      password: PASSWORD,
      requestTimeoutSeconds: 60,
      maxRetries: 1,
    };
  }

  /** One request of the API as an administrator makes it by hand. */
  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.cluster.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Opens the cluster for the model server, as broadly as tests may. */
  async open(): Promise<void> {
    const settings = {
      "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
      "plugins.ml_commons.connector.private_ip_enabled": true,
    };
    await this.api("PUT", "/_cluster/settings", { persistent: settings });
  }

  /** Makes the cluster say that it is of another version; it goes on as it is. */
  showVersion(number: string): void {
    const answer = (info: unknown) => {
      const { version, ...others } = info as { version: object };
      return { ...others, version: { ...version, number } };
    };
    this.cluster.faults.add({ match: { method: "GET", path: "/" }, times: 1000, action: { kind: "rewrite", answer } });
  }

  /** How many objects of a kind the cluster holds. */
  async count(kind: "models" | "connectors" | "model_groups"): Promise<number> {
    const found = await this.api("POST", `/_plugins/_ml/${kind}/_search`, { query: { match_all: {} }, size: 100 });
    return (found.hits as { hits: unknown[] }).hits.length;
  }

  /** The persistent settings by flat key, less what resources keep for themselves. */
  async persistent(): Promise<Record<string, unknown>> {
    const entries = Object.entries(await this.#persistent());
    return Object.fromEntries(entries.filter(([key]) => !key.startsWith(CLAIMS)));
  }

  /** Who claims settings: the resources' names. */
  async claimants(): Promise<string[]> {
    const entries = Object.entries(await this.#persistent()).filter(([key]) => key.startsWith(CLAIMS));
    return entries.map(([, text]) => String(JSON.parse(String(text)).owner).replace(/^.*::/, "")).sort();
  }

  async #persistent(): Promise<Record<string, unknown>> {
    return (await this.api("GET", "/_cluster/settings?flat_settings=true")).persistent as Record<string, unknown>;
  }

  connectorInputs(name: string, more: Record<string, unknown> = {}) {
    const preset = ollamaGenerate({ endpoint: this.model.endpoint, model: "m" });
    return { connection: this.connection, owner: urn("Connector", name), ...preset, ...more };
  }

  groupInputs(name: string, more: Record<string, unknown> = {}) {
    return { connection: this.connection, owner: urn("ModelGroup", name), ...more };
  }

  modelInputs(name: string, modelGroupId: string, connectorId: string, more: Record<string, unknown> = {}) {
    return { connection: this.connection, owner: urn("DeployedModel", name), modelGroupId, connectorId, ...more };
  }
}

/** The world of the running test, made anew for each. */
export function eachInItsOwnWorld(options: TestClusterOptions = {}): () => World {
  let world: World | undefined;
  beforeEach(async () => {
    world = await World.start(options);
  });
  afterEach(async () => {
    await world?.stop();
  });
  return () => world ?? expect.unreachable("the world is made before each test");
}

/** Check and create, as the engine does at the first `up`. */
export async function created<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object) {
  const { inputs, failures } = lifecycle.check(news, {});
  expect(failures).toStrictEqual([]);
  const { id, state } = await lifecycle.create(inputs);
  return { id, state, inputs };
}

/** Check, diff and, if that finds a change, update, as the engine does at a later `up`. */
export async function updated<I extends object, S extends object>(
  lifecycle: Lifecycle<I, S>,
  before: { id: string; state: S; inputs: I },
  news: object,
) {
  const { inputs, failures } = lifecycle.check(news, before.inputs);
  expect(failures).toStrictEqual([]);
  const { changes, replaces } = lifecycle.diff(before.id, before.state, inputs);
  const state = changes ? await lifecycle.update(before.id, before.state, inputs) : before.state;
  return { id: before.id, state, inputs, changes, replaces };
}

export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  return outcome instanceof Error ? outcome : expect.unreachable(`expected a failure, but ${String(outcome)}`);
}
