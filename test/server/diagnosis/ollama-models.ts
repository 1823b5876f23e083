import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { chat } from "../../../clients/ollama/chat";
import { measure } from "../../../clients/ollama/generate";
import { copyModel, serverVersion, untilServerAnswers } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { createModel } from "../../../clients/ollama/streams";
import { Deadline } from "../../../clients/wait";
import { LoopbackServer } from "../../support/loopback-server";
import { MODEL, type OllamaProvocation, type OllamaWorld } from "./ollama-world";

const soon = () => Deadline.after(60_000);

/** One thread: two spin against each other on busy cores. */
const ask = ({ server }: OllamaWorld, options: object = {}, model = MODEL) =>
  measure(server, model, 1, { num_thread: 1, ...options }, 60);

const create = ({ server }: OllamaWorld, more: object, limits: object = {}) =>
  createModel(server, { model: "derived", from: MODEL, ...more }, { deadline: soon(), ...limits });

/** Lets the model write at length, and does something about it at its first word. */
async function whenAnswering(world: OllamaWorld, act: () => Promise<void>): Promise<void> {
  await create(world, { model: "talkative", parameters: { num_thread: 1, num_predict: 4000 } });
  const messages = [{ role: "user", content: "Count to a thousand." }];
  let acted: Promise<void> = Promise.resolve();
  let isFirst = true;
  const onText = () => {
    if (isFirst) acted = act();
    isFirst = false;
  };
  try {
    await chat(world.server, { model: "talkative", messages, timeoutSeconds: 60, onText });
  } finally {
    await acted;
  }
}

/** A copy that ended early. */
function cutOff({ ollama }: OllamaWorld): void {
  const folder = join(ollama.models, "blobs");
  const files = readdirSync(folder).map((name) => join(folder, name));
  const weights = files.reduce((one, other) => (statSync(one).size > statSync(other).size ? one : other));
  const whole = readFileSync(weights);
  rmSync(weights);
  writeFileSync(weights, whole.subarray(0, 3_000_000));
}

/** The first part of an answer, and then the end. */
class CutsShort extends LoopbackServer {
  protected answer(_request: IncomingMessage, _body: string, response: ServerResponse): void {
    response.end('{"message":{"role":"assistant","content":"1"},"done":false}\n');
  }
}

export const MODEL_PROVOCATIONS: readonly OllamaProvocation[] = [
  {
    row: "ollama-name-invalid",
    how: "a pull of what is no name",
    run: (world) => world.pull("no name"),
    says: "POST /api/pull answered 400: invalid model name",
  },
  {
    row: "ollama-template",
    how: "a model is made with a template that is none",
    run: (world) => create(world, { template: "{{ .Prompt }" }),
    says: 'POST /api/create answered 400: template error: template: :1: unexpected "}" in operand',
  },
  {
    row: "ollama-quantisation-refused",
    how: "a model is made smaller that is small already",
    run: (world) => create(world, { quantize: "q4_K_M" }),
    says: "POST /api/create answered 500: quantization is only supported for F16 and F32 models",
  },
  {
    row: "ollama-quantisation-refused",
    how: "a model is made smaller in a size that Ollama does not make",
    run: (world) => create(world, { from: "all-minilm", quantize: "q4_0" }),
    says: "POST /api/create answered 500: unsupported quantization type Q4_0 - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0",
  },
  {
    row: "ollama-parameter-type",
    how: "an option is a text where Ollama wants a number",
    run: (world) => ask(world, { num_ctx: "much" }),
    says: 'POST /api/generate answered 500: option "num_ctx" must be of type integer',
  },
  {
    row: "context-exceeded",
    how: "a question is longer than the model's context",
    run: async (world) => {
      await create(world, { model: "short", parameters: { num_thread: 1, num_ctx: 256, num_predict: 1 } });
      const messages = [{ role: "user", content: "word ".repeat(600) }];
      await chat(world.server, { model: "short", messages, timeoutSeconds: 60 });
    },
    says: "POST /api/chat answered 400: the input length exceeds the context length",
  },
  {
    row: "ollama-runner",
    how: "what loads the model is killed",
    run: async (world) => {
      await Promise.all([ask(world), world.killRunner("loading")]);
    },
    says: "POST /api/generate answered 500: llama runner process has terminated: signal: killed",
  },
  {
    row: "ollama-runner",
    how: "what runs the model is killed while it answers",
    run: async (world) => {
      await whenAnswering(world, () => world.killRunner("ready"));
    },
    says: "POST /api/chat answered 200: an error was encountered while running the model: unexpected EOF",
  },
  {
    row: "ollama-network-flaky",
    how: "Ollama ends while it answers",
    run: (world) => whenAnswering(world, () => world.ollama.stop()),
    says: "POST /api/chat: no answer from OLLAMA: aborted",
  },
  {
    row: "ollama-network-flaky",
    how: "a proxy before Ollama ends an answer early",
    run: async (world) => {
      const proxy = await new CutsShort().start();
      world.whenStopped(() => proxy.stop());
      const messages = [{ role: "user", content: "Count to a thousand." }];
      await chat(new OllamaServer(proxy.endpoint), { model: MODEL, messages, timeoutSeconds: 60 });
    },
    says: "POST /api/chat: no answer from http://ELSEWHERE: the answer ended early",
  },
  {
    row: "ollama-model-damaged",
    how: "the model's file was copied in part",
    run: async (world) => {
      cutOff(world);
      await ask(world);
    },
    says: 'POST /api/generate answered 500: tensor "token_embd.weight" offset+size (31866688) exceeds file size (3000000)',
  },
  {
    row: "ollama-memory",
    how: "the model is to serve more at once than fits into memory",
    environment: { OLLAMA_NUM_PARALLEL: "100000" },
    run: (world) => ask(world),
    says: "POST /api/generate answered 500: model requires more system memory (SIZE) than is available (SIZE)",
  },
  {
    row: "ollama-model-missing",
    how: "a model is asked that is not there",
    run: (world) => ask(world, {}, "nope"),
    says: "POST /api/generate answered 404: model 'nope' not found",
  },
  {
    row: "ollama-model-missing",
    how: "such a model is copied",
    run: ({ server }) => copyModel(server, "nope", "copy"),
    says: 'POST /api/copy answered 404: model "nope" not found',
  },
  {
    row: "ollama-server-busy",
    how: "many questions at once, and one may wait",
    environment: { OLLAMA_MAX_QUEUE: "1", OLLAMA_NUM_PARALLEL: "1" },
    run: (world) => Promise.all(Array.from({ length: 20 }, () => ask(world))),
    says: "POST /api/generate answered 503: server busy, please try again.  maximum pending requests exceeded",
  },
  {
    row: "ollama-stalled",
    how: "the making of a model stands still",
    run: (world) => create(world, {}, { idleSeconds: 0.000_001 }),
    says: "Waited 0.000001 s for POST /api/create to go on; last seen: nothing yet",
  },
  {
    row: "ollama-slow",
    how: "it takes longer than the deadline",
    run: (world) => create(world, {}, { deadline: Deadline.after(0.001) }),
    says: "Waited 0.000001 s for POST /api/create to end; last seen: nothing yet",
  },
  {
    row: "ollama-unreachable",
    how: "Ollama does not run",
    run: async (world) => {
      await world.ollama.stop();
      await serverVersion(world.server);
    },
    says: "GET /api/version: no answer from OLLAMA: connect ECONNREFUSED OLLAMA",
  },
  {
    row: "ollama-unreachable",
    how: "it is waited for",
    run: async (world) => {
      await world.ollama.stop();
      await untilServerAnswers(world.server, Deadline.after(10));
    },
    says: "Waited 0.01 s for Ollama at OLLAMA to answer; last seen: connect ECONNREFUSED OLLAMA",
  },
];
