import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../tools/toolchain/package-root";

const specSchema = z.object({
  type: z.enum(["ClusterSetting", "ModelGroup", "Connector", "DeployedModel", "OllamaModel", "SearchIndex"]),
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
});

const recordSchema = z.object({
  /** Version of this package that wrote the state. */
  version: z.string(),
  /** The program, for `test/engine/programs/resources.js`. */
  program: z.array(specSchema),
  /** Every write to OpenSearch, in the order of the answers, with the ids of new objects. */
  writes: z.array(
    z.object({
      method: z.string(),
      url: z.string(),
      body: z.unknown(),
      made: z.object({ field: z.string(), placeholder: z.string() }).optional(),
    }),
  ),
  /** Output of `pulumi stack export --show-secrets`. An import encrypts the secrets again. */
  export: z.record(z.string(), z.unknown()),
});

/**
 * The state that a release left, and the requests that created its objects. Values that differ between clusters are
 * placeholders: `{{endpoint}}`, `{{modelEndpoint}}`, `{{ollamaEndpoint}}`, `{{clusterUuid}}`, `{{id:group}}` for
 * the id of the resource `group`, `{{uuid:index}}` for the server's UUID of an index.
 */
export type StateRecord = z.infer<typeof recordSchema>;

/** Path of a release's record. */
export const recordFile = (version: string): string => join(packageRoot, "test", "states", `${version}.json`);

export function readRecord(version: string): StateRecord {
  return recordSchema.parse(JSON.parse(readFileSync(recordFile(version), "utf8")));
}

type Values = ReadonlyMap<string, string>;

/** Replaces texts by their placeholders. */
export function withPlaceholders<T>(value: T, values: Values): T {
  let text = JSON.stringify(value);
  for (const [placeholder, found] of values) text = text.replaceAll(found, `{{${placeholder}}}`);
  return JSON.parse(text) as T;
}

/**
 * Fills in placeholders.
 *
 * @throws Error for an unknown placeholder
 */
export function filled<T>(value: T, values: Values): T {
  const text = JSON.stringify(value).replace(/\{\{([\w:-]+)\}\}/g, (_, placeholder: string) => {
    const found = values.get(placeholder);
    if (found === undefined) throw new Error(`Nothing is known of {{${placeholder}}}.`);
    return found;
  });
  return JSON.parse(text) as T;
}
