import { z } from "zod";
import { docker, runDocker } from "../docker";

/** The label that the component puts on all its Docker objects. Its value is `<project>/<stack>`. */
const stackLabel = "pulumi-ollama-chat.stack";

/** A kind of Docker object that must be gone: `docker`'s name for it, and Pulumi's type. */
const kinds = [
  { command: "container", list: ["ps", "--all", "--format", "{{.Names}}"], type: "docker:index/container:Container" },
  { command: "network", list: ["network", "ls", "--format", "{{.Name}}"], type: "docker:index/network:Network" },
  { command: "volume", list: ["volume", "ls", "--format", "{{.Name}}"], type: "docker:index/volume:Volume" },
] as const;

const stateSchema = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), type: z.string(), id: z.string().optional() })).optional(),
  }),
});

/** One object in a stack's state. */
export interface Made {
  readonly type: string;
  readonly id: string;
}

/** All objects with an id in the output of `pulumi stack export`. */
export function madeByStack(exported: string): Made[] {
  const { resources = [] } = stateSchema.parse(JSON.parse(exported)).deployment;
  return resources
    .filter(({ type, id }) => id !== undefined && !type.startsWith("pulumi:"))
    .map(({ type, id }) => ({ type, id: id ?? "" }));
}

/** The objects that still exist, and any others with the stack's label, as lines for the user. */
export async function findLeftovers(made: readonly Made[], projectAndStack: string): Promise<string[]> {
  const found: string[] = [];
  for (const { command, list, type } of kinds) {
    const labelled = await runDocker([...list, "--filter", `label=${stackLabel}=${projectAndStack}`]);
    const names = new Set(labelled.split("\n").filter(Boolean));
    for (const { id } of made.filter((object) => object.type === type)) {
      if ((await docker([command, "inspect", "--format", "{{.Name}}", id])).code === 0) names.add(id);
    }
    for (const name of names) found.push(`${command} ${name}`);
  }
  return found;
}
