import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../toolchain/ollama-server";
import { run } from "../../toolchain/run";
import type { BenchCase } from "../bench-case";
import { EngineStack } from "../engine-stack";
import { inTurns, seconds } from "../turns";

/** Strong enough for OpenSearch; the containers live for seconds, on loopback. */
const PASSWORD = "Bench-Passw0rd-5150";
const LOOK_MILLISECONDS = 50;
const LONGEST_SECONDS = 300;

/** The whole stack in Docker, beside OpenSearch alone: the slower server, since Ollama is ready within a second. */
export const fullStack: BenchCase = {
  id: "full-stack",
  question: "How long is a first `pulumi up`, and how much of that is OpenSearch's own boot?",
  run: async ({ runs, toolchain: { images, noDocker } }) => {
    if (images === undefined) throw new Error(`The full stack needs Docker: ${noDocker ?? "there is none"}`);
    const { up, alone } = await inTurns(runs, {
      alone: async () => ({ seconds: await openSearchAlone(images.opensearch) }),
      up: async () => ({ seconds: await upFromNothing(images) }),
    });
    return {
      rows: [
        {
          what: "`up` of the full stack in Docker, images in place",
          unit: "s",
          samples: [...up.seconds],
          beside: [{ name: "OpenSearch, booted alone", samples: [...alone.seconds] }],
          act: {
            on: "quotient",
            is: "above",
            limit: 2,
            advice: "look in Pulumi's output for the resource that it waits for",
          },
        },
      ],
    };
  },
};

async function upFromNothing(images: { readonly opensearch: string; readonly ollama: string }): Promise<number> {
  const stack = await EngineStack.ofPackage({
    opensearchImage: images.opensearch,
    ollamaImage: images.ollama,
    opensearchPort: await freePort(),
    ollamaPort: await freePort(),
    modelOptions: { num_predict: 8, num_thread: 1 },
  });
  try {
    await stack.secret("opensearchPassword", PASSWORD);
    return (await stack.run("up")).seconds;
  } finally {
    await stack.remove();
  }
}

/** Seconds until OpenSearch answers, booted by Docker alone, with the component's heap, users and TLS. */
async function openSearchAlone(image: string): Promise<number> {
  const port = await freePort();
  const name = `ollama-chat-bench-${process.pid}`;
  const publish = ["--publish", `127.0.0.1:${port}:9200`];
  const volume = ["--volume", `${name}:/usr/share/opensearch/data`];
  const environment = [
    "discovery.type=single-node",
    "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g",
    `OPENSEARCH_INITIAL_ADMIN_PASSWORD=${PASSWORD}`,
  ].flatMap((variable) => ["--env", variable]);
  try {
    return await seconds(async () => {
      await run("docker", ["run", "--detach", "--name", name, ...publish, ...volume, ...environment, image]);
      const end = performance.now() + LONGEST_SECONDS * 1000;
      while (!(await answers(port))) {
        if (performance.now() > end) throw new Error(`OpenSearch was not ready within ${LONGEST_SECONDS} s.`);
        await sleep(LOOK_MILLISECONDS);
      }
    });
  } finally {
    await run("docker", ["rm", "--force", "--volumes", name]);
    await run("docker", ["volume", "rm", "--force", name]);
  }
}

/** A cluster with users answers 401 without a password once it is ready. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: "127.0.0.1", path: "/", rejectUnauthorized: false }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200 || incoming.statusCode === 401);
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}
