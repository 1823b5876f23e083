import { z } from "zod";
import { type Answer, DEFAULT_TIMEOUT_SECONDS } from "../../../cli/answering/answer";
import { predictAnswerer } from "../../../cli/answering/opensearch";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { messageOf } from "../../../diagnosis/failure";
import { ToolchainError } from "../failure";

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

export interface DemoAnswer extends Answer {
  /** Of OpenSearch. */
  readonly version: string;
}

/**
 * Asks the deployed model as `ollama-chat ask` does, through OpenSearch, over TLS verified by the stack's authority.
 */
export async function ask(question: string, outputs: Outputs): Promise<DemoAnswer> {
  const { opensearchEndpoint: endpoint, modelId, api, chatModel: model } = outputs;
  const server = openSearch({
    endpoint,
    username: outputs.opensearchUsername || undefined,
    password: outputs.opensearchPassword || undefined,
    caCertificate: outputs.opensearchCaCertificate || undefined,
    // Report retries too, because tests count them.
    maxRetries: 0,
  });
  try {
    const { version } = await clusterInfo(server);
    const answerer = predictAnswerer({ server, modelId, api, model });
    const limits = { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS };
    return { ...(await answerer.answer([{ role: "user", content: question }], limits)), version };
  } catch (error) {
    throw new ToolchainError(
      `The question was not answered: ${messageOf(error)}`,
      "npm run ollama-chat -- doctor looks for what is wrong; docker logs pulumi-ollama-chat-demo-chat-opensearch, and the same for -ollama, shows what the servers say.",
    );
  }
}
