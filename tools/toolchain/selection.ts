import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Cache } from "./cache";
import { selectionFile } from "./environment";

const selectionSchema = z.object({
  /** The folder of the Node.js that runs everything. */
  nodeFolder: z.string(),
  /** The folder of the Pulumi CLI, the language host and the launcher. */
  pulumiFolder: z.string(),
  /** What containers are made from; absent where Docker can't be used, with the reason. */
  images: z.object({ ollama: z.string(), opensearch: z.string() }).optional(),
  noDocker: z.string().optional(),
  /** Where Docker's daemon listens, if not at the default socket. */
  dockerHost: z.string().optional(),
  /** The release of the security plugin in a local OpenSearch image, which is not that of the rest. */
  adaptedSecurity: z.string().optional(),
  /** A laid out OpenSearch and the Java that runs it, for servers outside Docker. */
  opensearch: z.object({ home: z.string(), java: z.string() }).optional(),
  /** The same of an earlier release; there for the long suite only. */
  olderOpensearch: z.object({ home: z.string(), java: z.string() }).optional(),
  noOpenSearch: z.string().optional(),
  /** An Ollama program and a folder for OLLAMA_MODELS with the chat model, for servers outside Docker. */
  ollama: z.object({ program: z.string(), models: z.string() }).optional(),
  noOllama: z.string().optional(),
  chatModel: z.string(),
});

/** What was chosen for this machine: written by `install`, read by tests and the demo. */
export type Selection = z.infer<typeof selectionSchema>;

export function writeSelection(cache: Cache, selection: Selection): void {
  const file = selectionFile(cache);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(selection, undefined, 2)}\n`);
  renameSync(temporary, file);
}

/** The choice an earlier `install` wrote; undefined where there is none. `file` defaults to the environment's. */
export function readSelection(
  file: string | undefined = process.env.PULUMI_OLLAMA_CHAT_TOOLCHAIN,
): Selection | undefined {
  if (file === undefined) return undefined;
  try {
    return selectionSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
