import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { withWorkFolder } from "../cache";
import { inspectImage } from "../docker";
import { PartUnavailable, ToolchainError } from "../failure";
import { buildImage, findImage, hashInputs } from "../image-build";
import { packageRoot } from "../package-root";
import { type Context, ensure, type Part } from "../part";
import type { Step } from "../steps";
import { versions } from "../versions";
import { baseImage, baseImageName } from "./base-image";
import { javaRuntime } from "./java-runtime";
import { findJdk } from "./jdk";
import { opensearchHome } from "./opensearch-home";

const name = `pulumi-ollama-chat/opensearch:${versions.opensearch}`;
const runtimeName = `pulumi-ollama-chat/opensearch-runtime:${versions.opensearch}`;
/** Says who answers in the image: the emulator in front of the real OpenSearch, or alone. */
const contentsLabel = "pulumi-ollama-chat.ml-commons";
const folder = join(packageRoot, "toolchain", "images", "opensearch");
const emulator = join(packageRoot, "dist", "emulator");
const ownFiles = [
  "Dockerfile",
  "log4j2.properties",
  "opensearch-docker-entrypoint.sh",
  "opensearch.yml",
  "settings.mjs",
  "supervisor.mjs",
];

/** The real OpenSearch behind the emulator of the plugin that can't be had; the emulator alone without a JDK. */
export const localOpensearchImage: Part = {
  name: "opensearch-image",
  title: `Image ${name}`,

  async find() {
    const image = await findImage(name, imageInputs(await makings()));
    return image && { version: versions.opensearch, location: name, sizeBytes: image.sizeBytes };
  },

  async build(context, step) {
    if (!existsSync(emulator)) throw new ToolchainError("The emulator is not compiled.", "Run: npm run build");
    await ensure(baseImage, context);
    const facts = await makings();
    if (!(await findImage(runtimeName, runtimeInputs(facts)))) await buildRuntime(facts, context, step);
    await buildImage(
      {
        name,
        dockerfile: join(folder, "Dockerfile"),
        files: { emulator, ...Object.fromEntries(ownFiles.map((file) => [file, join(folder, file)])) },
        arguments: { RUNTIME: runtimeName },
        inputs: imageInputs(facts),
        labels: { [contentsLabel]: facts.javaVersion ? "emulator" : "emulator-alone" },
      },
      context,
      step,
    );
  },
};

/** Who answers `/_plugins/_ml` in that image; in one that was not made here it is the real plugin. */
export async function mlCommonsIn(imageName: string): Promise<"plugin" | "emulator" | "emulator-alone"> {
  const contents = (await inspectImage(imageName))?.labels[contentsLabel];
  return contents === "emulator" || contents === "emulator-alone" ? contents : "plugin";
}

/** What the image is made from on this machine: the JDK's version, or none. */
interface Makings {
  readonly javaVersion: string | undefined;
}

async function makings(): Promise<Makings> {
  return { javaVersion: (await findJdk())?.version };
}

function runtimeInputs(facts: Makings): string {
  const texts = [baseImageName, process.version, process.arch, versions.opensearch, facts.javaVersion ?? "no Java"];
  return hashInputs(texts, [join(folder, "Dockerfile.runtime")]);
}

function imageInputs(facts: Makings): string {
  return hashInputs(
    [runtimeInputs(facts)],
    [emulator, ...ownFiles.map((file) => join(folder, file))].filter(existsSync),
  );
}

async function buildRuntime(facts: Makings, context: Context, step: Step): Promise<void> {
  await withWorkFolder(context.cache, async (empty) => {
    const server = facts.javaVersion ? await serverFolders(context) : undefined;
    if (!server) {
      step.say(
        "No JDK of version 21 or later was found: the image holds the ML Commons emulator alone, no OpenSearch.",
      );
      for (const name of ["config", "data", "logs"]) mkdirSync(join(empty, "home", name), { recursive: true });
      mkdirSync(join(empty, "java"));
    }
    const files = { home: server?.home ?? join(empty, "home"), java: server?.java ?? join(empty, "java") };
    await buildImage(
      {
        name: runtimeName,
        dockerfile: join(folder, "Dockerfile.runtime"),
        files: { ...files, node: process.execPath },
        arguments: { BASE: baseImageName },
        inputs: runtimeInputs(facts),
      },
      context,
      step,
    );
  });
}

/** The parts of the real server, or undefined where they can't be had; why is said. */
async function serverFolders(context: Context): Promise<{ home: string; java: string } | undefined> {
  try {
    const java = await ensure(javaRuntime, context);
    const home = await ensure(opensearchHome, context);
    return { home: home.location, java: java.location };
  } catch (error) {
    if (!(error instanceof PartUnavailable)) throw error;
    context.steps.say(error.message);
    return undefined;
  }
}
