import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../toolchain/run";
import { seconds } from "./turns";

const LOOK_MILLISECONDS = 50;
const LONGEST_SECONDS = 300;

export interface Boot {
  readonly image: string;
  readonly port: number;
  /** Name of the container and of its volume. */
  readonly name: string;
}

/**
 * Seconds until OpenSearch answers, booted by Docker alone, from the image and with the heap, users and TLS that the
 * component gives it. Any answer counts: 401 is what a cluster with users says to a stranger once it is ready.
 */
export async function bootOpenSearch(boot: Boot, password: string): Promise<number> {
  const environment = [
    "discovery.type=single-node",
    "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g",
    `OPENSEARCH_INITIAL_ADMIN_PASSWORD=${password}`,
  ];
  const container = { inside: 9200, volume: "/usr/share/opensearch/data", environment };
  return await booted(boot, container, () => isUp(boot.port));
}

/** Seconds until Ollama answers and has the model, booted by Docker alone. */
export async function bootOllama(boot: Boot, model: string): Promise<number> {
  const container = { inside: 11434, volume: "/root/.ollama", environment: ["OLLAMA_NO_CLOUD=1"] };
  return await booted(boot, container, async () => {
    const answer = await fetch(`http://127.0.0.1:${boot.port}/api/tags`).catch(() => undefined);
    return answer?.ok === true && (await answer.text()).includes(JSON.stringify(model));
  });
}

interface Container {
  readonly inside: number;
  readonly volume: string;
  readonly environment: readonly string[];
}

async function booted(boot: Boot, container: Container, isReady: () => Promise<boolean>): Promise<number> {
  const { name, image, port } = boot;
  const publish = ["--publish", `127.0.0.1:${port}:${container.inside}`];
  const volume = ["--volume", `${name}:${container.volume}`];
  const variables = container.environment.flatMap((variable) => ["--env", variable]);
  try {
    return await seconds(async () => {
      await run("docker", ["run", "--detach", "--name", name, ...publish, ...volume, ...variables, image]);
      const end = performance.now() + LONGEST_SECONDS * 1000;
      while (!(await isReady())) {
        if (performance.now() > end)
          throw new Error(`The container ${name} was not ready within ${LONGEST_SECONDS} s.`);
        await sleep(LOOK_MILLISECONDS);
      }
    });
  } finally {
    await run("docker", ["rm", "--force", "--volumes", name]);
    await run("docker", ["volume", "rm", "--force", name]);
  }
}

function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: "127.0.0.1", path: "/", rejectUnauthorized: false }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200 || incoming.statusCode === 401);
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}
