import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkAnswer, expand, pick } from "./compare";
import { spaced } from "./json-text";
import type { Answer, Names, Scenario, Step } from "./scenario";

/** The server that scenarios are played against. */
export interface Target {
  /** Its address, without a slash at the end. */
  baseUrl: string;
  /** `host:port` of the model server behind, as connectors reach it. */
  backend: string;
  /** `user:password` for basic authentication. */
  basicAuth?: string;
}

const ML = "/_plugins/_ml";
const WAITS: Pick<Step, "timeout_s"> = { timeout_s: 30 };

/** All scenarios of a folder, by name. */
export function loadScenarios(folder: string): Scenario[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Scenario);
}

/** Plays a scenario and gives the differences, step by step; none when the server answers as recorded. */
export async function runScenario(scenario: Scenario, target: Target): Promise<string[]> {
  const names: Names = { uniq: randomBytes(4).toString("hex"), backend: target.backend };
  for (const [name, text] of Object.entries(scenario.names ?? {})) names[name] = expand(text, names);
  if (!scenario.no_reset) await resetSettings(target);
  try {
    for (const step of scenario.steps) {
      const problems = await runStep(step, target, names);
      if (problems.length > 0) return problems;
    }
    return [];
  } finally {
    if (!scenario.no_reset) await resetSettings(target);
    await clean(target, names);
  }
}

/** Makes and deletes one of everything: some texts differ until the indices of ML Commons exist. */
export async function prepare(target: Target): Promise<void> {
  const names: Names = { uniq: randomBytes(4).toString("hex"), backend: target.backend };
  const post = (path: string, body: unknown) =>
    send(target, { ...WAITS, id: path, method: "POST", path: ML + path, body }, names);
  const settings = { persistent: { "plugins.ml_commons.trusted_connector_endpoints_regex": [".*"] } };
  await send(target, { id: "trust", method: "PUT", path: "/_cluster/settings", body: settings }, names);
  names.group_id = pick((await post("/model_groups/_register", { name: "prepare-{{uniq}}" })).body, "$.model_group_id");
  const action = { action_type: "predict", method: "POST", url: "http://{{backend}}/api/generate", request_body: "{}" };
  const connector = { name: "prepare", version: "1", protocol: "http", credential: { dummy: "x" }, actions: [action] };
  names.connector_id = pick((await post("/connectors/_create", connector)).body, "$.connector_id");
  const model = {
    name: "prepare",
    function_name: "remote",
    model_group_id: "{{group_id}}",
    connector_id: "{{connector_id}}",
  };
  names.model_id = pick((await post("/models/_register", model)).body, "$.model_id");
  await clean(target, names);
  await resetSettings(target);
}

async function runStep(step: Scenario["steps"][number], target: Target, names: Names): Promise<string[]> {
  if ("wait_ms" in step) {
    await sleep(step.wait_ms);
    return [];
  }
  const steps = "parallel" in step ? step.parallel : [step];
  const results = await Promise.all(
    steps.map((one) => (one.poll ? runPoll(one, target, names) : runOnce(one, target, names))),
  );
  return results.flatMap((problems, index) => {
    const { id, method, path } = steps[index] ?? { id: "", method: "", path: "" };
    return problems.map((problem) => `step ${id} (${method} ${expand(path, names)}): ${problem}`);
  });
}

async function runOnce(step: Step, target: Target, names: Names): Promise<string[]> {
  const answer = await send(target, step, names);
  for (const [name, path] of Object.entries(step.capture ?? {})) {
    const value = pick(answer.body, path);
    if (value !== null) names[name] = value;
  }
  return step.expect ? checkAnswer(step.expect, answer, names) : [];
}

async function runPoll(step: Step, target: Target, names: Names): Promise<string[]> {
  const {
    until,
    timeout_ms: limitMs = 5000,
    every_ms: everyMs = 50,
    seen: allowed,
  } = step.poll ?? { until: { path: "$", in: [] } };
  const seen: unknown[] = [];
  const startedAt = Date.now();
  for (;;) {
    const answer = await send(target, step, names);
    const value = pick(answer.body, until.path);
    if (seen.length === 0 || seen.at(-1) !== value) seen.push(value);
    if (until.in.includes(value)) {
      const problems = step.expect ? checkAnswer(step.expect, answer, names) : [];
      return allowed && !isInOrder(seen, allowed)
        ? [...problems, `went through ${list(seen)}, allowed in this order: ${list(allowed)}`]
        : problems;
    }
    if (Date.now() - startedAt > limitMs)
      return [`${until.path} never became one of ${list(until.in)}; seen ${list(seen)}`];
    await sleep(everyMs);
  }
}

/** Whether values came in the given order, any of which may be skipped. */
function isInOrder(seen: readonly unknown[], allowed: readonly unknown[]): boolean {
  let at = 0;
  return seen.every((value) => {
    at = allowed.indexOf(value, at) + 1;
    return at > 0;
  });
}

function list(values: readonly unknown[]): string {
  return JSON.stringify(values);
}

async function resetSettings(target: Target): Promise<void> {
  const none = { "plugins.ml_commons.*": null };
  await send(
    target,
    { id: "reset", method: "PUT", path: "/_cluster/settings", body: { persistent: none, transient: none } },
    {},
  );
}

/** Deletes what a scenario made, found by the names of its captured values. */
async function clean(target: Target, names: Names): Promise<void> {
  const ids = (prefix: string) =>
    Object.entries(names).flatMap(([name, id]) => (name.startsWith(prefix) && id ? [String(id)] : []));
  const call = (method: string, path: string) => send(target, { ...WAITS, id: path, method, path }, {});
  for (const id of ids("model_id")) await deleteModel(call, id);
  for (const id of ids("connector_id")) await call("DELETE", `${ML}/connectors/${id}`);
  for (const id of ids("group_id")) await call("DELETE", `${ML}/model_groups/${id}`);
  for (const name of ids("index")) await call("DELETE", `/${name}`);
}

async function deleteModel(call: (method: string, path: string) => Promise<Answer>, id: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    await call("POST", `${ML}/models/${id}/_undeploy`);
    const { status } = await call("DELETE", `${ML}/models/${id}`);
    if (status === 200 || status === 404) return;
    await sleep(100);
  }
}

/** Sends a step's request; status -1 when no answer comes in time. */
export async function send(target: Target, step: Step, names: Names): Promise<Answer> {
  const path = expand(step.path, names);
  const url = new URL(path.startsWith("http://") ? path : target.baseUrl + path);
  for (const [name, value] of Object.entries(step.query ?? {})) url.searchParams.set(name, expand(value, names));
  const headers: Record<string, string> = { ...step.headers };
  const text =
    step.raw === undefined
      ? step.body === undefined
        ? undefined
        : spaced(expand(step.body, names))
      : expand(step.raw, names);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  if (text !== undefined && !hasType) headers["Content-Type"] = "application/json";
  if (target.basicAuth && !path.startsWith("http://"))
    headers.Authorization = `Basic ${Buffer.from(target.basicAuth).toString("base64")}`;
  return exchange(url, step.method, headers, text, step.timeout_s ?? 30);
}

function exchange(
  url: URL,
  method: string,
  headers: Record<string, string>,
  text: string | undefined,
  timeoutSeconds: number,
): Promise<Answer> {
  return new Promise((resolve) => {
    const open = url.protocol === "https:" ? httpsRequest : httpRequest;
    const withLength = text === undefined ? headers : { ...headers, "Content-Length": String(Buffer.byteLength(text)) };
    const failed = (error: Error) => resolve({ status: -1, contentType: "connection failed", body: error.message });
    const request = open(url, { method, headers: withLength, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () => {
        const contentType = (response.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
        resolve({
          status: response.statusCode ?? -1,
          contentType,
          body: read(Buffer.concat(chunks).toString("utf8"), contentType),
        });
      });
    });
    request.setTimeout(timeoutSeconds * 1000, () => request.destroy(new Error("timed out")));
    request.on("error", failed);
    request.end(text);
  });
}

function read(text: string, contentType: string): unknown {
  if (!contentType.includes("json")) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
