import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Cache } from "./cache";
import { selectionFile } from "./environment";

const selectionSchema = z.object({
  /** The folder of Node.js. */
  nodeFolder: z.string(),
  /** The folder of the Pulumi CLI, the language host and the launcher. */
  pulumiFolder: z.string(),
  /** The container images; absent if Docker can't be used. `noDocker` has the reason. */
  images: z.object({ ollama: z.string(), opensearch: z.string(), haproxy: z.string().optional() }).optional(),
  noDocker: z.string().optional(),
  /** The address of Docker's daemon, if it isn't the default socket. */
  dockerHost: z.string().optional(),
  /** The release of the security plugin in a local OpenSearch image; it differs from the rest. */
  adaptedSecurity: z.string().optional(),
  /** An installed OpenSearch and its Java, for servers outside Docker. */
  opensearch: z.object({ home: z.string(), java: z.string() }).optional(),
  /** The same for an earlier release; only in the long suite. */
  olderOpensearch: z.object({ home: z.string(), java: z.string() }).optional(),
  noOpenSearch: z.string().optional(),
  /** An Ollama program and a folder for OLLAMA_MODELS with the models, for servers outside Docker. */
  ollama: z.object({ program: z.string(), models: z.string() }).optional(),
  noOllama: z.string().optional(),
  /** A folder with an ssh server, for a second Docker on a machine of its own; only for tests. */
  otherMachine: z.string().optional(),
  noOtherMachine: z.string().optional(),
  /** The browser's program, for tests of the page. */
  browser: z.string().optional(),
  noBrowser: z.string().optional(),
  chatModel: z.string(),
});

/** The parts chosen for this machine. `install` writes it; tests and the demo read it. */
export type Selection = z.infer<typeof selectionSchema>;

export function writeSelection(cache: Cache, selection: Selection): void {
  const file = selectionFile(cache);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(selection, undefined, 2)}\n`);
  renameSync(temporary, file);
}

/** The selection of an earlier `install`, or undefined. `file` defaults to the environment's. */
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
