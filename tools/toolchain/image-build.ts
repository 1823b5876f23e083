import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withWorkFolder } from "./cache";
import { inspectImage, runDocker } from "./docker";
import { linkTree } from "./link-tree";
import type { Context } from "./part";
import type { Step } from "./steps";

/** The label with the hash of an image's inputs. If the hash differs, the image is built again. */
const inputsLabel = "pulumi-ollama-chat.inputs";

export interface ImageBuild {
  readonly name: string;
  readonly dockerfile: string;
  /** What the Dockerfile copies: the name in the build folder, and its source. */
  readonly files: Readonly<Record<string, string>>;
  readonly arguments: Readonly<Record<string, string>>;
  /** The hash of all inputs. */
  readonly inputs: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The image, if it exists and was built from these inputs. */
export async function findImage(name: string, inputs: string) {
  const image = await inspectImage(name);
  return image?.labels[inputsLabel] === inputs ? image : undefined;
}

/** Builds a local image in a temporary folder, with Docker's layer cache. */
export async function buildImage(build: ImageBuild, context: Context, step: Step): Promise<void> {
  await withWorkFolder(context.cache, async (work) => {
    for (const [name, source] of Object.entries(build.files)) linkTree(source, join(work, name));
    const values = Object.entries(build.arguments).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    const labels = { ...build.labels, [inputsLabel]: build.inputs };
    const labelArgs = Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);
    const args = ["build", "--tag", build.name, "--file", build.dockerfile, ...labelArgs, ...values, work];
    await runDocker(args, { log: step.log });
  });
}

/** A hash of texts, and of the names and contents of files and folders. */
export function hashInputs(texts: readonly string[], paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  for (const path of paths) addTree(path, "");

  function addTree(path: string, name: string): void {
    if (lstatSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) addTree(join(path, entry), `${name}/${entry}`);
      return;
    }
    hash.update(`${name}\0`).update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
