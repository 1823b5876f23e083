import { docker, inspectImage } from "../docker";
import { isReachable } from "../download";
import { PartUnavailable } from "../failure";
import type { Part } from "../part";

/** Docker's default registry: whether it answers tells in seconds whether a pull makes sense. */
const registry = "https://registry-1.docker.io/v2/";

/** An image as its makers publish it; can't be had on machines that don't reach Docker's registry. */
export function officialImage(name: string): Part {
  const version = name.slice(name.lastIndexOf(":") + 1);
  return {
    name: `official-image-${name.replace(/[/:]/g, "-")}`,
    title: `Image ${name}`,

    async find() {
      const image = await inspectImage(name);
      return image && { version, location: name, sizeBytes: image.sizeBytes };
    },

    async download(_context, step) {
      if (!(await isReachable(registry, step))) return false;
      return (await docker(["pull", name], { log: step.log })).code === 0;
    },

    async build() {
      throw new PartUnavailable(`The image ${name} can't be pulled here.`);
    },
  };
}
