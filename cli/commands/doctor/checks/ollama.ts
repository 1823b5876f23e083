import { UnreachableError } from "../../../../clients/errors";
import { measure } from "../../../../clients/ollama/generate";
import type { ListedModel } from "../../../../clients/ollama/models";
import { listedName, sameModel } from "../../../../clients/ollama/names";
import { bytes } from "../../../../clients/ollama/progress";
import { pullModel } from "../../../../clients/ollama/streams";
import { Deadline } from "../../../../clients/wait";
import { diagnose } from "../../../../diagnosis/diagnose";
import { isThisMachine } from "../../../../providers/shared/base-url";
import { type Check, fail, nothing, type Outcome, ok, type Repair, skip, warn } from "../check";
import type { Scene } from "../scene";
import { gigabytes, shownSeconds } from "../sizes";

const GROUP = "Ollama";

export const ollamaChecks: readonly Check[] = [
  { id: "ollama-reachable", title: "Ollama answers", group: GROUP, needs: ["container-ollama"], run: reachable },
  {
    id: "ollama-model",
    title: "model pulled",
    group: GROUP,
    needs: ["ollama-reachable"],
    after: ["connector"],
    run: pulled,
  },
  { id: "ollama-memory", title: "memory", group: GROUP, needs: ["ollama-model"], run: memory },
  { id: "ollama-loaded", title: "loaded", group: GROUP, needs: ["ollama-model"], run: loaded },
  {
    id: "ollama-answer",
    title: "direct answer",
    group: GROUP,
    needs: ["ollama-model"],
    after: ["ollama-memory", "ollama-loaded"],
    run: answer,
  },
  { id: "ollama-speed", title: "speed", group: GROUP, needs: ["ollama-answer"], run: speed },
];

async function reachable(scene: Scene): Promise<Outcome> {
  const { ollamaEndpoint } = scene.access;
  if (ollamaEndpoint === undefined) return nothing("no Ollama is named");
  try {
    return ok(`${await scene.ollamaVersion()} at ${ollamaEndpoint}`);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return fail(diagnose(error)?.id ?? "ollama-unreachable", `${ollamaEndpoint}: ${error.reason}`);
  }
}

/** Names of the models that the stack and its connector use. */
async function wanted(scene: Scene): Promise<string[]> {
  const { chatModel, embeddingModel, modelId } = scene.access;
  const known = modelId === undefined ? undefined : await scene.connector().catch(() => undefined);
  const asked = known?.parameters.model;
  const names = [chatModel, asked, embeddingModel].filter((name) => name !== undefined);
  return names.filter((name, i) => names.findIndex((other) => sameModel(name, other)) === i);
}

async function pulled(scene: Scene): Promise<Outcome> {
  const [models, names] = await Promise.all([scene.models(), wanted(scene)]);
  if (names.length === 0) return nothing("no model is named");
  const missing = names.filter((name) => find(models, name) === undefined);
  if (missing.length > 0) return fail("model-not-pulled", notThere(missing, models), pullMissing(scene, missing));
  return ok(names.map((name) => `${name}, ${bytes(find(models, name)?.sizeBytes ?? 0)}`).join("; "));
}

const FEW = 4;

function notThere(missing: readonly string[], models: readonly ListedModel[]): string {
  const base = (name: string) => listedName(name).replace(/:.*$/, "").toLowerCase();
  const alike = models.map(({ name }) => name).filter((name) => missing.some((one) => base(one) === base(name)));
  const there = alike.length > 0 ? alike : models.map(({ name }) => name);
  const shown = there.length === 0 ? "Ollama has no model at all" : `there is ${there.slice(0, FEW).join(", ")}`;
  return `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not there; ${shown}`;
}

function find(models: readonly ListedModel[], name: string): ListedModel | undefined {
  return models.find((model) => sameModel(model.name, name));
}

/** A loaded model needs more memory than its file: cache and buffers. smollm2:135m, 98 MB, took 191 MB (0.17.4). */
const OVERHEAD = 1.2;

async function memory(scene: Scene): Promise<Outcome> {
  const { ollamaEndpoint = "" } = scene.access;
  const [models, running, names, own] = await Promise.all([
    scene.models(),
    scene.running(),
    wanted(scene),
    scene.container("ollama"),
  ]);
  const cold = names.filter((name) => !running.some((one) => sameModel(one.name, name)));
  if (cold.length === 0) return ok(`in memory: ${bytes(running.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}`);
  const isElsewhere = own?.docker.machine !== undefined;
  if (isElsewhere || !isThisMachine(ollamaEndpoint, scene.machine.addresses())) {
    return skip("Ollama runs on another machine");
  }
  const limit = own?.container.HostConfig.Memory || Number.POSITIVE_INFINITY;
  const free = Math.min(scene.machine.freeMemoryBytes(), limit);
  const needed = Math.max(...cold.map((name) => find(models, name)?.sizeBytes ?? 0)) * OVERHEAD;
  const seen = `${gigabytes(free)} free, about ${gigabytes(needed)} needed`;
  return needed > free ? warn("ollama-memory", seen) : ok(seen);
}

async function loaded(scene: Scene): Promise<Outcome> {
  const [running, names] = await Promise.all([scene.running(), wanted(scene)]);
  const [name = ""] = names;
  const one = running.find((model) => sameModel(model.name, name));
  if (one === undefined) return warn("cold-load", `${name} is not in memory: its next answer has to load it first`);
  const share = Math.round((100 * one.sizeGpuBytes) / Math.max(1, one.sizeBytes));
  return ok(`${keptUntil(one.expiresAt)}, ${share > 0 ? `${share} % on the GPU` : "on the processor"}`);
}

const FOR_EVER_YEARS = 50;

function keptUntil(expiresAt: string): string {
  const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
  if (Number.isNaN(minutes) || minutes > FOR_EVER_YEARS * 525_600) return "kept forever";
  return minutes < 1 ? "kept for less than a minute" : `kept for ${Math.round(minutes)} min more`;
}

async function answer(scene: Scene): Promise<Outcome> {
  const started = performance.now();
  const { loadSeconds } = await ask(scene, 1);
  const took = (performance.now() - started) / 1000;
  const load = loadSeconds > 1 ? `, ${shownSeconds(loadSeconds)} of it to load the model` : "";
  return ok(`after ${shownSeconds(took)}${load}`);
}

/** Enough for a measurement, and quick. */
const MEASURED_TOKENS = 16;
/** Slower than people read. */
const SLOW_TOKENS_PER_SECOND = 5;

async function speed(scene: Scene): Promise<Outcome> {
  const { evalSeconds, tokens } = await ask(scene, MEASURED_TOKENS);
  if (evalSeconds === 0 || tokens < 2) return skip("the answer was too short to measure");
  const rate = tokens / evalSeconds;
  const seen = `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} tokens/s`;
  return rate < SLOW_TOKENS_PER_SECOND ? warn("slow-answers", seen) : ok(seen);
}

/** Uses the connector's options, since others would make Ollama reload the model. */
async function ask(scene: Scene, tokens: number) {
  const [name = ""] = await wanted(scene);
  const connector = scene.access.modelId === undefined ? undefined : await scene.connector().catch(() => undefined);
  return await measure(scene.ollama, name, tokens, options(connector?.parameters.options), scene.answerSeconds);
}

function options(text: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** As long as `OllamaChatStack` allows for a pull. */
const PULL_MILLISECONDS = 1_800_000;

/** Pulls missing models. */
function pullMissing(scene: Scene, names: readonly string[]): Repair {
  const run = async (say: (line: string) => void) => {
    for (const name of names) {
      await pullModel(scene.ollama, name, false, {
        deadline: Deadline.after(PULL_MILLISECONDS),
        onEvent: ({ status, total, completed = 0 }) => {
          const share = total ? ` ${Math.floor((100 * completed) / total)} % of ${bytes(total)}` : "";
          say(`${name}: ${status}${share}`);
        },
      });
    }
  };
  return { id: "pull", action: `pull ${names.join(" and ")}`, run };
}
