import { join } from "node:path";
import { OllamaChatStack } from "./components/ollama-chat-stack";
import { OllamaRagStack } from "./components/ollama-rag-stack";
import { readConfig, readDockerHosts, readRagConfig } from "./program/config";
import { requireFreePorts } from "./program/ports";
import { requireFreshBuild, requireNode } from "./program/runtime";

/** Reads the configuration, makes the chat stack and, if configured, the retrieval stack, and returns the outputs. */
async function program() {
  requireNode(process.versions.node);
  requireFreshBuild(join(__dirname, ".."));
  const args = readConfig();
  await requireFreePorts(args, readDockerHosts());
  const ragArgs = readRagConfig();
  const chat = new OllamaChatStack("chat", args);
  const rag = ragArgs === undefined ? undefined : new OllamaRagStack("rag", { chat, ...ragArgs });
  return { ...chat.outputs(), ...rag?.outputs() };
}

export = program;
