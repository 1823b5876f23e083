import { ServerError } from "../../../../clients/errors";
import { timingsOf } from "../../../../clients/ollama/generate";
import { predict } from "../../../../clients/opensearch/predict";
import { answerText } from "../../../../clients/opensearch/predict-answer";
import { Deadline } from "../../../../clients/wait";
import { HOST_GATEWAY } from "../../../../components/addresses";
import { diagnose } from "../../../../diagnosis/diagnose";
import { messageOf } from "../../../../diagnosis/failure";
import { javaMatches } from "../../../../providers/connector/java-syntax";
import { probeParameters } from "../../../../providers/deployed-model/probe";
import { isLoopback } from "../../../../providers/shared/base-url";
import { type Check, fail, nothing, type Outcome, ok, skip } from "../check";
import { reloadSettings } from "../redeploy";
import { outcomeOf } from "../run-checks";
import type { Scene } from "../scene";
import { shownSeconds } from "../sizes";

const GROUP = "The whole chain";
const NEEDS = [
  "remote-inference",
  "connector",
  "connector-address",
  "connector-body",
  "private-address",
  "model-state",
  "model-enabled",
];
/** Skipped only if one of these failed. OpenSearch may reach an Ollama that is unknown here. */
const UNLESS_FAILED = ["ollama-reachable", "ollama-model", "ollama-answer"];

export const chainChecks: readonly Check[] = [
  {
    id: "predict",
    title: "predict",
    group: GROUP,
    needs: NEEDS,
    unlessFailed: UNLESS_FAILED,
    after: ["url-trusted", "ollama-speed"],
    run: ask,
    essential: true,
  },
  { id: "reply", title: "reply", group: GROUP, needs: ["predict"], run: reply },
  { id: "latency", title: "latency", group: GROUP, needs: ["reply"], run: latency },
];

async function ask(scene: Scene): Promise<Outcome> {
  const { modelId = "" } = scene.access;
  const connector = await scene.connector().catch(unlessForbidden);
  const parameters = connector && probeParameters(connector);
  if (parameters === undefined) return nothing("not asked: the connector's parameters are not known");
  const started = performance.now();
  try {
    const answer = await predict(scene.opensearch, modelId, parameters, Deadline.after(scene.answerSeconds * 1000));
    scene.predicted = { answer, seconds: (performance.now() - started) / 1000 };
    return ok(`answered after ${shownSeconds(scene.predicted.seconds)}`);
  } catch (error) {
    return await explained(scene, error);
  }
}

/** Ignores a 403: a user may be allowed to ask the model, but not to read the connector. */
function unlessForbidden(error: unknown): undefined {
  if (!(error instanceof ServerError) || error.status !== 403) throw error;
}

/** The same error can have different causes; the results of earlier checks tell which. */
async function explained(scene: Scene, error: unknown): Promise<Outcome> {
  const text = messageOf(error);
  const frozen = frozenRefusal(error);
  if (frozen !== undefined) return await refusedBySettings(scene, frozen, error, text);
  if (diagnose(error)?.id === "model-server-refuses") return fail(await whyRefused(scene), text);
  return outcomeOf(error, true);
}

/** If the setting is right now, the model was deployed under another value. If it is wrong, `url-trusted` reports it. */
async function refusedBySettings(scene: Scene, symptom: string, error: unknown, text: string): Promise<Outcome> {
  const isRight = await settingsAllow(scene, symptom).catch(() => undefined);
  if (isRight === true) return fail("settings-frozen", text, reloadSettings(scene));
  return isRight === false ? nothing("waits for: URL is trusted") : outcomeOf(error, true);
}

async function settingsAllow(scene: Scene, symptom: string): Promise<boolean> {
  if (symptom === "private-address") return (await scene.setting("ml:connector.private_ip_enabled")) === "true";
  const target = (await scene.predictAction())?.target ?? "";
  const list =
    symptom === "private-endpoint-not-trusted"
      ? "trusted_connector_private_endpoints_regex"
      : "trusted_connector_endpoints_regex";
  const entries = [(await scene.setting(`ml:${list}`)) ?? []].flat();
  return entries.some((entry) => javaMatches(entry, target) !== false);
}

async function whyRefused(scene: Scene): Promise<string> {
  const target = new URL((await scene.predictAction())?.target ?? "http://unknown");
  const { ollamaEndpoint } = scene.access;
  const answersHere = ollamaEndpoint !== undefined && isLoopback(ollamaEndpoint);
  if (!answersHere || new URL(ollamaEndpoint).port !== target.port) return "model-server-refuses";
  if (isLoopback(target.href)) return "localhost-in-container";
  const own = [HOST_GATEWAY, ...scene.machine.addresses()];
  return own.includes(target.hostname) ? "ollama-listens-locally" : "model-server-refuses";
}

async function reply(scene: Scene): Promise<Outcome> {
  const { predicted } = scene;
  if (predicted === undefined) return skip("no answer");
  const output = predicted.answer.inference_results[0]?.output?.[0];
  const text = answerText(predicted.answer);
  if (text !== undefined) return ok(`${placeOf(output?.dataAsMap)}: ${JSON.stringify(shortened(text))}`);
  const keys = Object.keys(output ?? {}).filter((key) => key !== "name");
  const inside = Object.keys((output?.dataAsMap as object | undefined) ?? {}).slice(0, KEYS);
  const where = inside.length > 0 ? `dataAsMap with ${inside.join(", ")}` : keys.join(", ") || "nothing";
  return fail("reply-elsewhere", `no text where it is expected; the output holds ${where}`);
}

const KEYS = 6;
const LONGEST = 40;

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}

function placeOf(map: unknown): string {
  if (typeof map !== "object" || map === null) return "dataAsMap";
  if ("response" in map) return "dataAsMap.response";
  return "message" in map ? "dataAsMap.message.content" : "dataAsMap.choices[0].message.content";
}

async function latency(scene: Scene): Promise<Outcome> {
  const { predicted } = scene;
  const timings = timingsOf(predicted?.answer.inference_results[0]?.output?.[0]?.dataAsMap);
  if (predicted === undefined) return skip("no answer");
  if (timings === undefined) return ok(`${shownSeconds(predicted.seconds)} in all; this API reports no timings`);
  const parts = [
    ["loading", timings.loadSeconds],
    ["reading the question", timings.promptSeconds],
    [`writing ${timings.tokens} tokens`, timings.evalSeconds],
    ["OpenSearch and network", Math.max(0, predicted.seconds - timings.totalSeconds)],
  ] as const;
  return ok(
    `${shownSeconds(predicted.seconds)}: ${parts.map(([name, took]) => `${name} ${shownSeconds(took)}`).join(", ")}`,
  );
}

/** Refusals by settings that a model copies when it is deployed (ml-commons #2142). */
const FROZEN: readonly string[] = ["private-address", "endpoint-not-trusted", "private-endpoint-not-trusted"];

/** Symptom of an error that such a setting causes, else `undefined`. */
export function frozenRefusal(error: unknown): string | undefined {
  const id = diagnose(error)?.id;
  return id !== undefined && FROZEN.includes(id) ? id : undefined;
}
