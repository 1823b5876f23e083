import { openSearch } from "../../clients/opensearch/connect";
import type { Access } from "../access/access";
import { ExitCode } from "../exit-codes";
import { CommandFailure } from "../failure";
import type { Answerer } from "./answer";
import { throughOpenSearch } from "./opensearch";

/** @throws CommandFailure where no source names an OpenSearch or a deployed model. */
export function openSearchAnswerer(access: Access): Answerer {
  const { opensearch, modelId, api, chatModel: model, ollamaEndpoint, aliases = [] } = access;
  if (opensearch === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "No OpenSearch is known that could be asked.",
      cause: `The servers come from ${access.source}, and no OpenSearch is among them.`,
      fix: "Give --opensearch URL --model-id ID, or ask Ollama itself: --direct (chat: --through ollama).",
    });
  }
  if (modelId === undefined && model !== undefined && aliases.length > 0) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `No deployed model is known on ${opensearch.endpoint} by the name ${model}.`,
      cause: `The servers come from ${access.source}, whose models are ${aliases.join(", ")}.`,
      fix: "Give --model with one of these, or --model-id ID; ollama-chat models lists the deployed ones.",
    });
  }
  if (modelId === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `No deployed model is known on ${opensearch.endpoint}.`,
      cause: `The servers come from ${access.source}, which names no model's id.`,
      fix: "Give --model-id ID; ollama-chat models lists the deployed ones.",
    });
  }
  return throughOpenSearch({ server: openSearch(opensearch), modelId, api, model, ollamaEndpoint });
}
