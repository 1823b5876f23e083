import { delimiter, join } from "node:path";
import type { Cache } from "./cache";
import { packageRoot } from "./package-root";

/** The toolchain's own Pulumi home. The user's log-ins, plugins and selected stacks stay untouched. */
export const pulumiHome = (cache: Cache): string => cache.path("pulumi-home");

/** The file with the parts chosen for this machine. */
export const selectionFile = (cache: Cache): string => cache.path("toolchain.json");

export interface EnvironmentInput {
  readonly cache: Cache;
  /** The folder of the Node.js that runs the toolchain. */
  readonly nodeFolder: string;
  /** The folder of the Pulumi CLI and its language host. */
  readonly pulumiFolder?: string;
  /** Where the Docker daemon listens, if not at the default address. */
  readonly dockerHost?: string;
}

/** Variables for everything that runs under the toolchain. */
export function toolchainEnvironment(input: EnvironmentInput, base: NodeJS.ProcessEnv): Record<string, string> {
  const path = [input.pulumiFolder, input.nodeFolder, ...(base.PATH ?? "").split(delimiter)];
  const unique = [...new Set(path.filter((folder): folder is string => Boolean(folder)))];
  return {
    PATH: unique.join(delimiter),
    PULUMI_OLLAMA_CHAT_CACHE: input.cache.folder,
    PULUMI_OLLAMA_CHAT_TOOLCHAIN: selectionFile(input.cache),
    PULUMI_HOME: pulumiHome(input.cache),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // All plugins are installed. Searching the network would only delay the message that one is missing.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Read by `fast-start.cjs`. Node's own variable would turn the cache on before it, in one folder for all processes.
    OLLAMA_CHAT_COMPILE_CACHE: input.cache.path("node-compile-cache"),
    NODE_COMPILE_CACHE: "",
    NODE_OPTIONS: withPreloads(base.NODE_OPTIONS),
    ...(input.dockerHost ? { DOCKER_HOST: input.dockerHost } : {}),
  };
}

/** Each says itself what it is for. */
const PRELOADS = [["fast-start.cjs"], ["tools", "toolchain", "compiled-program.cjs"]];

function withPreloads(options = ""): string {
  const preloads = PRELOADS.map((path) => `--require ${JSON.stringify(join(packageRoot, ...path))}`);
  return [options, ...preloads.filter((preload) => !options.includes(preload))].filter(Boolean).join(" ");
}
