import { delimiter, join } from "node:path";
import type { Cache } from "./cache";
import { packageRoot } from "./package-root";

/** The toolchain's own Pulumi home: the user's log-ins, plugins and selected stacks are left alone. */
export const pulumiHome = (cache: Cache): string => cache.path("pulumi-home");

/** Where `toolchain.json`, the choice that was made for this machine, lies. */
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

/** What is added to the environment of everything that runs under the toolchain. */
export function toolchainEnvironment(input: EnvironmentInput, base: NodeJS.ProcessEnv): Record<string, string> {
  const path = [input.pulumiFolder, input.nodeFolder, ...(base.PATH ?? "").split(delimiter)];
  const unique = [...new Set(path.filter((folder): folder is string => Boolean(folder)))];
  return {
    PATH: unique.join(delimiter),
    PULUMI_OLLAMA_CHAT_CACHE: input.cache.folder,
    PULUMI_OLLAMA_CHAT_TOOLCHAIN: selectionFile(input.cache),
    PULUMI_HOME: pulumiHome(input.cache),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // All plugins are in place; looking for one on the network would only delay the message that it is missing.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Of `fast-start`, and not Node's own variable, by which the two would share one folder.
    OLLAMA_CHAT_COMPILE_CACHE: input.cache.path("node-compile-cache"),
    NODE_OPTIONS: withFastStart(base.NODE_OPTIONS),
    ...(input.dockerHost ? { DOCKER_HOST: input.dockerHost } : {}),
  };
}

/** Pulumi's two Node.js processes start in half the time: see `fast-start/index.cjs`. */
function withFastStart(options = ""): string {
  const preload = `--require ${JSON.stringify(join(packageRoot, "fast-start", "index.cjs"))}`;
  return options.includes(preload) ? options : [options, preload].filter(Boolean).join(" ");
}
