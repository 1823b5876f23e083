import { join } from "node:path";
import { z } from "zod";
import { TRACE_VARIABLE } from "../../../clients/trace";
import { freePort } from "../../toolchain/ollama-server";
import type { BenchCase } from "../bench-case";
import { type BootParts, bootParts } from "../support/boot-parts";
import { serverVersion } from "../support/cluster";
import { bootOllama, bootOpenSearch } from "../support/docker-boot";
import { EngineStack } from "../support/engine-stack";
import { readTrace } from "../support/trace";

/** Strong enough for OpenSearch; the containers live for seconds, on loopback. */
const PASSWORD = "Bench-Passw0rd-5150";

/** What the stack says of its OpenSearch. */
const outputsSchema = z.object({
  opensearchEndpoint: z.string(),
  opensearchUsername: z.string(),
  opensearchCaCertificate: z.string(),
});

/** The whole stack from nothing in Docker, against each of its two servers booted alone. */
export const fullStack: BenchCase = {
  id: "B4",
  bootsItsOwn: true,
  title: "Full stack from nothing: `up` ÷ the slower of OpenSearch ready alone and Ollama with its model ready alone",
  run: async ({ runs, toolchain, say }, measured) => {
    const { images, noDocker, chatModel } = toolchain;
    if (images === undefined) throw new Error(`The full stack needs Docker: ${noDocker ?? "there is none"}`);
    const samples = { up: [], opensearch: [], ollama: [] } as Record<"up" | "opensearch" | "ollama", number[]>;
    const parts: BootParts[] = [];
    let version: string | undefined;
    for (let run = 0; run < runs; run += 1) {
      const name = (part: string) => `ollama-chat-bench-${process.pid}-${part}-${run}`;
      const opensearch = { image: images.opensearch, port: await freePort(), name: name("opensearch") };
      const ollama = { image: images.ollama, port: await freePort(), name: name("ollama") };
      samples.opensearch.push(await bootOpenSearch(opensearch, PASSWORD));
      samples.ollama.push(await bootOllama(ollama, chatModel));
      const up = await upFromNothing(images, opensearch.port, ollama.port);
      samples.up.push(up.seconds);
      parts.push(up.parts);
      version = up.version;
      say(
        `  run ${run + 1}: up ${up.seconds.toFixed(1)} s, OpenSearch alone ${samples.opensearch.at(-1)?.toFixed(1)} s`,
      );
    }
    const up = measured.figure("full stack", "`up`", "s", samples.up).median;
    const search = measured.figure("ready, booted alone", "OpenSearch", "s", samples.opensearch).median;
    const model = measured.figure("ready, booted alone", "Ollama with its model", "s", samples.ollama).median;
    const names = Object.keys(parts[0] ?? {}) as (keyof BootParts)[];
    for (const part of names)
      measured.figure(
        part,
        "part of `up`",
        "s",
        parts.map((each) => each[part]),
      );
    measured.verdict("`up` ÷ the slower server alone", up / Math.max(search, model), "ratio", {
      is: "at most",
      value: 1.15,
    });
    return version;
  },
};

async function upFromNothing(
  images: { readonly opensearch: string; readonly ollama: string },
  opensearchPort: number,
  ollamaPort: number,
): Promise<{ readonly seconds: number; readonly parts: BootParts; readonly version: string }> {
  const stack = await EngineStack.ofPackage({
    opensearchImage: images.opensearch,
    ollamaImage: images.ollama,
    opensearchPort,
    ollamaPort,
    modelOptions: { num_predict: 8, num_thread: 1 },
  });
  try {
    await stack.secret("opensearchPassword", PASSWORD);
    const trace = join(stack.folder, "trace");
    const ran = await stack.run("up", { environment: { [TRACE_VARIABLE]: trace } });
    const { opensearchEndpoint, opensearchUsername, opensearchCaCertificate } = outputsSchema.parse(
      await stack.outputs(),
    );
    const version = await serverVersion({
      endpoint: opensearchEndpoint,
      username: opensearchUsername,
      password: PASSWORD,
      caCertificate: opensearchCaCertificate,
    });
    return { seconds: ran.seconds, parts: bootParts(ran, readTrace(trace)), version };
  } finally {
    await stack.run("destroy").finally(() => stack.remove());
  }
}
