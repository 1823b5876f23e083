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
  /** Of this package, which made the state. */
  version: z.string(),
  /** What the program says, for `test/engine/programs/resources.js`. */
  program: z.array(specSchema),
  /** Every write to OpenSearch, in the order of the answers, with what the answer calls a new object. */
  writes: z.array(
    z.object({
      method: z.string(),
      url: z.string(),
      body: z.unknown(),
      made: z.object({ field: z.string(), placeholder: z.string() }).optional(),
    }),
  ),
  /** What `pulumi stack export --show-secrets` printed; an import encrypts the secrets again. */
  export: z.record(z.string(), z.unknown()),
});

/**
 * The state that a release left, and the requests by which its objects came to be. What differs from cluster to cluster
 * stands as a placeholder: `{{endpoint}}`, `{{modelEndpoint}}`, `{{ollamaEndpoint}}`, `{{clusterUuid}}`, `{{id:group}}` for
 * the id of the resource `group`, `{{uuid:index}}` for the server's identity of an index.
 */
export type StateRecord = z.infer<typeof recordSchema>;

/** Where the record of a release lies in the repository. */
export const recordFile = (version: string): string => join(packageRoot, "test", "states", `${version}.json`);

export function readRecord(version: string): StateRecord {
  return recordSchema.parse(JSON.parse(readFileSync(recordFile(version), "utf8")));
}

type Values = ReadonlyMap<string, string>;

/** The value with each text that a placeholder stands for replaced by it. */
export function withPlaceholders<T>(value: T, values: Values): T {
  let text = JSON.stringify(value);
  for (const [placeholder, found] of values) text = text.replaceAll(found, `{{${placeholder}}}`);
  return JSON.parse(text) as T;
}

/**
 * The value with each placeholder filled.
 *
 * @throws Error for a placeholder of which nothing is known
 */
export function filled<T>(value: T, values: Values): T {
  const text = JSON.stringify(value).replace(/\{\{([\w:-]+)\}\}/g, (_, placeholder: string) => {
    const found = values.get(placeholder);
    if (found === undefined) throw new Error(`Nothing is known of {{${placeholder}}}.`);
    return found;
  });
  return JSON.parse(text) as T;
}
