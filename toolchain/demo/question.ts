import { request } from "node:https";
import { z } from "zod";
import { ToolchainError } from "../failure";

/** As long as the program's own default limit for an answer of the model. */
const answerSeconds = 300;

/** The outputs of the stack that a consumer needs to ask a question. */
export const outputsSchema = z.object({
  opensearchEndpoint: z.string(),
  opensearchUsername: z.string(),
  opensearchPassword: z.string(),
  opensearchCaCertificate: z.string(),
  ollamaEndpoint: z.string(),
  chatModel: z.string(),
  api: z.string(),
  modelId: z.string(),
  predictUrl: z.string(),
});

export type Outputs = z.infer<typeof outputsSchema>;

export interface Answer {
  readonly text: string;
  readonly seconds: number;
  /** What the emulator says of itself where it answered; undefined from the real plugin. */
  readonly emulator?: string;
}

const predictionSchema = z.object({
  inference_results: z.tuple([
    z.object({ output: z.tuple([z.object({ dataAsMap: z.record(z.string(), z.unknown()) })], z.unknown()) }),
  ]),
});

const messageSchema = z.object({ content: z.string() });

/** Asks the deployed model through OpenSearch, over TLS verified by the stack's own authority. */
export async function ask(question: string, outputs: Outputs): Promise<Answer> {
  const parameters =
    outputs.api === "generate" ? { prompt: question } : { messages: [{ role: "user", content: question }] };
  const started = performance.now();
  const response = await post(outputs, JSON.stringify({ parameters }));
  const seconds = (performance.now() - started) / 1000;
  if (response.status !== 200) {
    throw new ToolchainError(
      `OpenSearch answered the question with status ${response.status}: ${response.body}`,
      "Look at the containers' logs: docker logs pulumi-ollama-chat-demo-chat-opensearch, and the same for -ollama",
    );
  }
  return { text: answerText(JSON.parse(response.body), outputs.api), seconds, emulator: response.emulator };
}

/** The model's words in an answer of `_predict`. */
export function answerText(prediction: unknown, api: string): string {
  const { dataAsMap } = predictionSchema.parse(prediction).inference_results[0].output[0];
  if (api === "generate") return z.string().parse(dataAsMap.response);
  if (api === "chat") return messageSchema.parse(dataAsMap.message).content;
  const [choice] = z
    .array(z.object({ message: messageSchema }))
    .min(1)
    .parse(dataAsMap.choices);
  return choice?.message.content ?? "";
}

function post(outputs: Outputs, body: string): Promise<{ status: number; body: string; emulator?: string }> {
  const { opensearchUsername: user, opensearchPassword: password, opensearchCaCertificate: ca } = outputs;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      outputs.predictUrl,
      {
        method: "POST",
        ca,
        auth: `${user}:${password}`,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        timeout: answerSeconds * 1000,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const marker = incoming.headers["x-ollama-chat-emulator"];
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
            emulator: Array.isArray(marker) ? marker.join() : marker,
          });
        });
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new ToolchainError(`No answer within ${answerSeconds} s.`)));
    outgoing.on("error", (error) =>
      reject(new ToolchainError(`${outputs.predictUrl} can't be asked: ${error.message}`)),
    );
    outgoing.end(body);
  });
}
