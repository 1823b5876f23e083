import { join } from "node:path";
import { inspectImage } from "../docker";
import { buildImage, findImage, hashInputs } from "../image-build";
import { packageRoot } from "../package-root";
import { ensure, type Part } from "../part";
import { versions } from "../versions";
import { baseImage, baseImageName } from "./base-image";
import { javaRuntime } from "./java-runtime";
import { findJdk, type Jdk, requireJdk } from "./jdk";
import { opensearchHome } from "./opensearch-home";
import { opensearch36 } from "./opensearch-releases";

const name = `pulumi-ollama-chat/opensearch:${versions.opensearch}`;
/** The label of a local image with the version of its security plugin, which is of another release than the rest. */
const securityLabel = "pulumi-ollama-chat.security-plugin";
const folder = join(packageRoot, "tools", "toolchain", "images", "opensearch");
const ownFiles = ["Dockerfile", "log4j2.properties", "opensearch-docker-entrypoint.sh", "opensearch.yml"];

/** OpenSearch with ML Commons and the official image's contract, for machines that can't pull the official one. */
export const localOpensearchImage: Part = {
  name: "opensearch-image",
  title: `Image ${name}`,

  async find() {
    const jdk = await findJdk();
    const image = jdk && (await findImage(name, inputs(jdk)));
    return image && { version: versions.opensearch, location: name, sizeBytes: image.sizeBytes };
  },

  async build(context, step) {
    await ensure(baseImage, context);
    const java = await ensure(javaRuntime, context);
    const home = await ensure(opensearchHome, context);
    await buildImage(
      {
        name,
        dockerfile: join(folder, "Dockerfile"),
        files: {
          home: home.location,
          java: java.location,
          ...Object.fromEntries(ownFiles.map((file) => [file, join(folder, file)])),
        },
        arguments: { BASE: baseImageName },
        inputs: inputs(await requireJdk()),
        labels: { [securityLabel]: opensearch36.plugins["opensearch-security"]?.version ?? "none" },
      },
      context,
      step,
    );
  },
};

/** The version of the security plugin in a local image; undefined for an official one. */
export async function adaptedSecurityIn(imageName: string): Promise<string | undefined> {
  return (await inspectImage(imageName))?.labels[securityLabel];
}

function inputs(jdk: Jdk): string {
  const texts = [baseImageName, process.arch, jdk.version, JSON.stringify(opensearch36, describePattern)];
  return hashInputs(
    texts,
    ownFiles.map((file) => join(folder, file)),
  );
}

const describePattern = (_key: string, value: unknown): unknown => (value instanceof RegExp ? value.source : value);
