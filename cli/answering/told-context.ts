import type { ModelContext } from "../../clients/ollama/context";
import type { Access } from "../access/access";

/** Long enough for a server that is there; without an answer the question is put all the same. */
const PROBE_SECONDS = 3;

/**
 * The context of a model as Ollama tells it; `undefined` where no Ollama is known, or none that answers or has the model.
 * Ollama's client is loaded only for this.
 */
export async function toldContext(
  { ollamaEndpoint }: Pick<Access, "ollamaEndpoint">,
  model: string | undefined,
): Promise<ModelContext | undefined> {
  if (ollamaEndpoint === undefined || model === undefined) return undefined;
  const [{ modelContext }, { OllamaServer }] = await Promise.all([
    import("../../clients/ollama/context.js"),
    import("../../clients/ollama/server.js"),
  ]);
  return await modelContext(new OllamaServer(ollamaEndpoint), model, PROBE_SECONDS).catch(() => undefined);
}
