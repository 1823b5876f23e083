import { join } from "node:path";
import { buildImage, findImage, hashInputs } from "../image-build";
import { packageRoot } from "../package-root";
import { ensure, type Part } from "../part";
import { baseImage, baseImageName } from "./base-image";

const release = baseImageName.slice(baseImageName.lastIndexOf(":") + 1);
const name = `pulumi-ollama-chat/haproxy:${release}`;
const dockerfile = join(packageRoot, "tools", "toolchain", "images", "haproxy", "Dockerfile");

/** A local image with Debian's HAProxy, for stacks with several Ollamas. */
export const localHaproxyImage: Part = {
  name: "haproxy-image",
  title: `Image ${name}`,

  async find() {
    const image = await findImage(name, inputs());
    return image && { version: release, location: name, sizeBytes: image.sizeBytes };
  },

  async build(context, step) {
    await ensure(baseImage, context);
    await buildImage(
      { name, dockerfile, files: {}, arguments: { BASE: baseImageName }, inputs: inputs() },
      context,
      step,
    );
  },
};

function inputs(): string {
  return hashInputs([baseImageName], [dockerfile]);
}
