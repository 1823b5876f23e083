import { z } from "zod";

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(
        z.looseObject({ urn: z.string(), type: z.string(), inputs: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  }),
});

/**
 * Bytes of state that one resource costs beside the user's own inputs, as a mean over the stack's dynamic resources.
 * The engine keeps those inputs twice, once as inputs and once as outputs; both copies are the user's. What they are is
 * read off the state of the floor, whose provider adds nothing.
 */
export function stateBytes(state: string, floor: string): number {
  const users = new Map(dynamicResources(floor).map((resource) => [nameOf(resource.urn), userBytes(resource.inputs)]));
  const sizes = dynamicResources(state).map((resource) => {
    const user = users.get(nameOf(resource.urn));
    if (user === undefined) throw new Error(`The floor has no resource like ${resource.urn}.`);
    return JSON.stringify(resource).length - 2 * user;
  });
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** How many dynamic resources of a type, such as `DeployedModel`, a state holds. */
export function countResources(state: string, type: string): number {
  return dynamicResources(state).filter((resource) => resource.type.endsWith(`:${type}`)).length;
}

function dynamicResources(state: string) {
  const { resources } = stateSchema.parse(JSON.parse(state)).checkpoint.latest;
  return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
}

function userBytes(inputs: Record<string, unknown> = {}): number {
  const { __provider: _text, ...users } = inputs;
  return JSON.stringify(users).length;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
