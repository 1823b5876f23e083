import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const ML = "/_plugins/_ml";
const POLL_MILLISECONDS = 20;
const WORKERS = 10;
const LAG_MILLISECONDS = 10_000;

/** Opens a cluster for model servers on loopback, as in the guide. */
export const SETTINGS = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
  "plugins.ml_commons.only_run_on_ml_node": "false",
  "plugins.ml_commons.memory_feature_enabled": "true",
  "plugins.ml_commons.connector.private_ip_enabled": "true",
};

/**
 * One request by Node's own `fetch`: no client, no checks, no retries. A refusal is an error with the server's text.
 */
export async function send(url: string, method = "GET", body?: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** What a connector is told of its model. */
export interface ModelCall {
  /** Base URL of the model server. */
  readonly server: string;
  readonly model: string;
  readonly options: object;
}

/** The model server that answers at once. */
export const stubCall = (server: string): ModelCall => ({ server, model: "stub", options: {} });

let chains = 0;

/**
 * The chat chain by bare requests: settings, a group, and in it any number of connectors with a deployed model each.
 */
export class BareChain {
  readonly #name = `bench-${process.pid}-${++chains}`;
  readonly #made: { readonly connectorId: string; readonly modelId: string }[] = [];
  #groupId = "";
  #registrations: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: string,
    private readonly call: ModelCall,
  ) {}

  /** The first model's id. */
  get modelId(): string {
    return this.#made[0]?.modelId ?? "";
  }

  /** Ten workers at once; each makes a connector, registers and deploys a model, and asks it one question. */
  async make(models: number): Promise<void> {
    await this.#setSettings(SETTINGS);
    const group = { name: this.#name, description: "Bench" };
    const answer = await this.#ml("POST", "/model_groups/_register", group);
    this.#groupId = z.object({ model_group_id: z.string() }).parse(answer).model_group_id;
    let left = models;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#makeModel();
      }
    };
    await Promise.all(Array.from({ length: Math.min(WORKERS, models) }, work));
  }

  async ask(modelId: string, prompt: string): Promise<unknown> {
    return await this.#ml("POST", `/models/${modelId}/_predict`, { parameters: { prompt } });
  }

  async remove(): Promise<void> {
    // All models before the first connector: the server compares ids word by word, cut at every "-", so it can refuse
    // to delete a connector because of a model that uses another one (3.4.0).
    for (const { modelId } of this.#made) {
      await this.#ml("POST", `/models/${modelId}/_undeploy`);
      await this.#delete(`/models/${modelId}`);
    }
    for (const { connectorId } of this.#made) await this.#delete(`/connectors/${connectorId}`);
    if (this.#groupId !== "") await this.#delete(`/model_groups/${this.#groupId}`);
    await this.#setSettings(Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, null])));
  }

  async #makeModel(): Promise<void> {
    const created = await this.#ml("POST", "/connectors/_create", this.#connector());
    const { connector_id: connectorId } = z.object({ connector_id: z.string() }).parse(created);
    // One registration at a time: in one group the server refuses parallel ones with version conflicts.
    const registration = this.#registrations.then(() =>
      this.#ml("POST", "/models/_register?deploy=true", {
        name: this.#name,
        function_name: "remote",
        model_group_id: this.#groupId,
        connector_id: connectorId,
        description: "Bench",
      }),
    );
    this.#registrations = registration.catch(() => undefined);
    const { model_id: modelId } = z.object({ model_id: z.string() }).parse(await registration);
    this.#made.push({ connectorId, modelId });
    await this.#untilDeployed(modelId);
    await this.ask(modelId, "Reply with one word: ready.");
  }

  /** The body that the preset `ollamaGenerate` makes, written out. */
  #connector(): object {
    const { server, model, options } = this.call;
    return {
      name: this.#name,
      description: "Bench",
      version: 1,
      protocol: "http",
      parameters: { model, options: JSON.stringify(options) },
      credential: { unused: "unused" },
      client_config: { read_timeout: 300 },
      actions: [
        {
          action_type: "predict",
          method: "POST",
          url: `${server}/api/generate`,
          headers: { "Content-Type": "application/json" },
          request_body:
            '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false, "options": ${parameters.options} }',
        },
      ],
    };
  }

  async #untilDeployed(modelId: string): Promise<void> {
    for (;;) {
      const answer = await this.#ml("GET", `/models/${modelId}`);
      const { model_state: state } = z.object({ model_state: z.string() }).parse(answer);
      if (state === "DEPLOYED") return;
      if (state === "DEPLOY_FAILED") throw new Error(`The model ${modelId} is ${state}.`);
      await sleep(POLL_MILLISECONDS);
    }
  }

  /** Deletes, and tries again while the server's searches lag behind its deletions. */
  async #delete(path: string): Promise<void> {
    const end = performance.now() + LAG_MILLISECONDS;
    for (;;) {
      try {
        await this.#ml("DELETE", path);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
        await sleep(POLL_MILLISECONDS);
      }
    }
  }

  async #setSettings(persistent: object): Promise<void> {
    await send(`${this.cluster}/_cluster/settings`, "PUT", { persistent });
  }

  async #ml(method: string, path: string, body?: unknown): Promise<unknown> {
    return await send(`${this.cluster}${ML}${path}`, method, body);
  }
}
