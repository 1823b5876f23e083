import { existsSync } from "node:fs";
import { selectionFile } from "./environment";
import { officialHaproxy, officialOllama, officialOpensearch } from "./install";
import { type Context, locate, type Part } from "./part";
import { baseImage } from "./parts/base-image";
import { chatModel } from "./parts/chat-model";
import { chromium } from "./parts/chromium";
import { dockerEngine } from "./parts/docker-engine";
import { dockerPlugin } from "./parts/docker-plugin";
import { embeddingModel } from "./parts/embedding-model";
import { localHaproxyImage } from "./parts/haproxy-image";
import { javaRuntime } from "./parts/java-runtime";
import { findJdk } from "./parts/jdk";
import { localOllamaImage } from "./parts/ollama-image";
import { ollamaProgram } from "./parts/ollama-program";
import { opensearchHome } from "./parts/opensearch-home";
import { localOpensearchImage } from "./parts/opensearch-image";
import { otherMachine } from "./parts/other-machine";
import { pulumiCli } from "./parts/pulumi-cli";
import { attempt, findOnPath } from "./run";
import { readSelection } from "./selection";
import { sizeOf } from "./size";
import { formatBytes, formatSeconds } from "./steps";
import { parseVersion } from "./versions";

const parts: readonly Part[] = [
  pulumiCli,
  dockerPlugin,
  dockerEngine,
  officialOpensearch,
  officialOllama,
  baseImage,
  javaRuntime,
  opensearchHome,
  localOpensearchImage,
  ollamaProgram,
  chatModel,
  embeddingModel,
  localOllamaImage,
  otherMachine,
  officialHaproxy,
  localHaproxyImage,
  chromium,
];

/** The programs that parts are built with, and how to ask for their versions. */
const builders = [
  { name: "go", args: ["version"] },
  { name: "mvn", args: ["--version"] },
  { name: "python3", args: ["--version"] },
  { name: "apt-get", args: ["--version"] },
];

/** Prints which parts are in place, their sources and their locations. Changes nothing. */
export async function printDoctor(context: Context, print: (line: string) => void): Promise<void> {
  print(`Node.js ${process.versions.node} (${process.execPath})`);
  for (const part of parts) print(await describe(part, context));
  print("");
  print("To build with:");
  const jdk = await findJdk();
  print(`  JDK: ${jdk ? `${jdk.version} (${jdk.home})` : "none of version 21 or later"}`);
  for (const { name, args } of builders) {
    const found = findOnPath(name);
    const { stdout } = found ? await attempt(found, args, { timeoutSeconds: 20 }) : { stdout: "" };
    print(`  ${name}: ${found ? `${parseVersion(stdout) ?? "version unknown"} (${found})` : "not found"}`);
  }
  print("");
  const { folder } = context.cache;
  print(`Cache: ${folder}, ${existsSync(folder) ? formatBytes(sizeOf(folder)) : "empty"}. Deleting it is safe.`);
  const selection = readSelection(selectionFile(context.cache));
  print(
    selection
      ? `Chosen: ${JSON.stringify(selection, undefined, 2)}`
      : "Nothing is installed yet. Run npm run toolchain.",
  );
}

async function describe(part: Part, context: Context): Promise<string> {
  const found = await locate(part, context);
  if (!found) return `– ${part.title}: not here`;
  const origin = {
    none: "already there",
    download: "downloaded",
    build: "built",
  }[found.record?.origin ?? "none"];
  const time = found.record ? ` in ${formatSeconds(found.record.seconds)}` : "";
  const size = found.sizeBytes === undefined ? "" : `, ${formatBytes(found.sizeBytes)}`;
  return `✓ ${part.title}: ${found.version}, ${origin}${time}${size}, ${found.location}`;
}
