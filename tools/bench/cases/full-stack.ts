import { freePort } from "../../toolchain/ollama-server";
import type { BenchCase } from "../bench-case";
import { bootOllama, bootOpenSearch } from "../docker-boot";
import { EngineStack } from "../engine-stack";
import { inTurns, median } from "../turns";

/** Strong enough for OpenSearch; the containers live for seconds, on loopback. */
const PASSWORD = "Bench-Passw0rd-5150";

/** The whole stack in Docker, from nothing but its images, and each of its two servers booted alone. */
export const fullStack: BenchCase = {
  id: "full-stack",
  question: "How long is a first `pulumi up`, and how much of that is the servers' own boot?",
  run: async ({ runs, toolchain: { images, noDocker, chatModel } }) => {
    if (images === undefined) throw new Error(`The full stack needs Docker: ${noDocker ?? "there is none"}`);
    const boot = async (part: "opensearch" | "ollama") => ({
      image: images[part],
      port: await freePort(),
      name: `ollama-chat-bench-${process.pid}-${part}`,
    });
    const { up, opensearch, ollama } = await inTurns(runs, {
      opensearch: async () => ({ seconds: await bootOpenSearch(await boot("opensearch"), PASSWORD) }),
      ollama: async () => ({ seconds: await bootOllama(await boot("ollama"), chatModel) }),
      up: async () => ({ seconds: await upFromNothing(images) }),
    });
    const alone = [
      { name: "OpenSearch, booted alone", samples: [...opensearch.seconds] },
      { name: "Ollama, booted alone", samples: [...ollama.seconds] },
    ].sort((a, b) => median(b.samples) - median(a.samples));
    return {
      rows: [
        {
          what: "`up` of the full stack in Docker, images in place",
          unit: "s",
          samples: [...up.seconds],
          beside: alone.slice(0, 1),
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
