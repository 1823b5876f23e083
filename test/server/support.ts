import { request as httpRequest } from "node:http";
import type { Emulator } from "../../emulator";

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
}

/** Sends one request on a connection of its own; throws when no answer comes. */
export function call(
  baseUrl: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const own =
    text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL(baseUrl + path),
      { method, headers: { ...own, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const answer = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer, json: parsed(answer) });
        });
      },
    );
    request.once("error", reject);
    request.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A Basic header. */
export function basic(name: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` };
}

/** A field of a JSON answer, as text. */
export function field(reply: Reply, name: string): string {
  const value = (reply.json as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The reason of an error answer. */
export function reason(reply: Reply): string {
  const { error } = (reply.json ?? {}) as { error?: { reason?: string } };
  return error?.reason ?? reply.text;
}

export const ML = "/_plugins/_ml";

export interface Chain {
  groupId: string;
  connectorId: string;
  modelId: string;
}

/** A connector's body whose predictions go to `/api/generate` of a model server. */
export function connectorBody(backend: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const request_body = '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }';
  const action = { action_type: "predict", method: "POST", url: `http://${backend}/api/generate`, request_body };
  const parameters = { model: "tiny" };
  return {
    name: "connector",
    version: "1",
    protocol: "http",
    parameters,
    credential: { key: "s3cret" },
    actions: [action],
    ...more,
  };
}

/** Opens the settings and makes group, connector and model; the model isn't deployed. */
export async function makeChain(emulator: Emulator, backend: string): Promise<Chain> {
  const { url } = emulator;
  const settings = { trusted_connector_endpoints_regex: [".*"], "connector.private_ip_enabled": true };
  const persistent = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`plugins.ml_commons.${key}`, value]),
  );
  await call(url, "PUT", "/_cluster/settings", { persistent });
  const groupId = field(await call(url, "POST", `${ML}/model_groups/_register`, { name: "group" }), "model_group_id");
  const connectorId = field(
    await call(url, "POST", `${ML}/connectors/_create`, connectorBody(backend)),
    "connector_id",
  );
  const model = { name: "model", function_name: "remote", model_group_id: groupId, connector_id: connectorId };
  const modelId = field(await call(url, "POST", `${ML}/models/_register`, model), "model_id");
  return { groupId, connectorId, modelId };
}

/** The state a model is in now. */
export async function modelState(
  emulator: Emulator,
  modelId: string,
  headers: Record<string, string> = {},
): Promise<string> {
  return field(await call(emulator.url, "GET", `${ML}/models/${modelId}`, undefined, headers), "model_state");
}

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>, what: string, limitMs = 5000): Promise<void> {
  const startedAt = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedAt > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Deploys and waits for DEPLOYED. */
export async function deploy(
  emulator: Emulator,
  modelId: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const reply = await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`, undefined, headers);
  await until(async () => (await modelState(emulator, modelId, headers)) === "DEPLOYED", "DEPLOYED");
  return field(reply, "task_id");
}

export function predict(
  emulator: Emulator,
  modelId: string,
  parameters: Record<string, unknown> = { prompt: "hi" },
): Promise<Reply> {
  return call(emulator.url, "POST", `${ML}/models/${modelId}/_predict`, { parameters });
}
