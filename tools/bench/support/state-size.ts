import { relative } from "node:path";
import { z } from "zod";
import { PROVIDER_KEY } from "../../../providers/dynamic/wire";
import { packageRoot } from "../../toolchain/package-root";

const properties = z.record(z.string(), z.unknown()).optional();

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(z.looseObject({ urn: z.string(), type: z.string(), inputs: properties, outputs: properties })),
    }),
  }),
});

/**
 * Bytes of state that one resource costs beside the user's own inputs, as a mean over the stack's dynamic resources.
 * The engine keeps those inputs twice, once as inputs and once as outputs; both copies are the user's. Which they are is
 * read off the state of the floor, whose provider adds nothing.
 */
export function stateBytes(state: string, floor: string): number {
  const users = new Map(dynamicResources(floor).map(({ urn, inputs }) => [nameOf(urn), userKeys(inputs)]));
  const sizes = dynamicResources(state).map((resource) => {
    const keys = users.get(nameOf(resource.urn));
    if (keys === undefined) throw new Error(`The floor has no resource like ${resource.urn}.`);
    return JSON.stringify(resource).length - bytesOf(resource.inputs, keys) - bytesOf(resource.outputs, keys);
  });
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/**
 * The state as it would be if this checkout were the stack's project. The engine writes five positions a resource, as
 * paths from the project's folder: without the bench's way from there to here, they are as long as a user's.
 */
export function asOwnProject(state: string, folder: string): string {
  return state.replaceAll(`project:///${relative(folder, packageRoot)}/`, "project:///");
}

/** How many dynamic resources of a type, such as `DeployedModel`, a state holds. */
export function countResources(state: string, type: string): number {
  return dynamicResources(state).filter((resource) => resource.type.endsWith(`:${type}`)).length;
}

function dynamicResources(state: string) {
  const { resources } = stateSchema.parse(JSON.parse(state)).checkpoint.latest;
  return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
}

function userKeys(inputs: object = {}): string[] {
  return Object.keys(inputs).filter((key) => key !== PROVIDER_KEY);
}

/** What these keys and their values take of an object's JSON, commas included. */
function bytesOf(values: Readonly<Record<string, unknown>> = {}, keys: readonly string[]): number {
  const kept = Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
  return JSON.stringify(values).length - JSON.stringify(kept).length;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
