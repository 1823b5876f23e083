import { docker, inspectImage } from "../docker";
import { isReachable } from "../download";
import { PartUnavailable } from "../failure";
import type { Part } from "../part";

/** Docker's default registry. If it does not answer within seconds, a pull makes no sense. */
const registry = "https://registry-1.docker.io/v2/";

/** A published image. Machines that don't reach Docker's registry can't have it. */
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
