import { join } from "node:path";
import { thisCpu } from "../cpu";
import { buildImage, findImage, hashInputs } from "../image-build";
import { packageRoot } from "../package-root";
import { ensure, type Part } from "../part";
import { versions } from "../versions";
import { baseImage, baseImageName } from "./base-image";
import { chatModel } from "./chat-model";
import { embeddingModel } from "./embedding-model";
import { ollamaBuild } from "./ollama-program";

const name = `pulumi-ollama-chat/ollama:${versions.ollama}`;
const dockerfile = join(packageRoot, "tools", "toolchain", "images", "ollama", "Dockerfile");

/** A local image with our build of Ollama, the chat model and the embedding model. */
export const localOllamaImage: Part = {
  name: "ollama-image",
  title: `Image ${name}`,

  async find() {
    const image = await findImage(name, inputs());
    return image && { version: versions.ollama, location: name, sizeBytes: image.sizeBytes };
  },

  async build(context, step) {
    await ensure(baseImage, context);
    const program = await ensure(ollamaBuild, context);
    await ensure(chatModel, context);
    const models = await ensure(embeddingModel, context);
    const files = { ollama: program.location, models: models.location };
    await buildImage({ name, dockerfile, files, arguments: { BASE: baseImageName }, inputs: inputs() }, context, step);
  },
};

function inputs(): string {
  const models = JSON.stringify([versions.model, versions.embeddingModel]);
  return hashInputs([baseImageName, versions.ollama, thisCpu().key, models], [dockerfile]);
}
