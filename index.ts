import { join } from "node:path";
import { OllamaChatStack } from "./components/ollama-chat-stack";
import { readConfig } from "./program/config";
import { requireFreePorts } from "./program/ports";
import { requireFreshBuild, requireNode } from "./program/runtime";

/** The program: configuration in, one chat stack, its outputs out. */
async function program() {
  requireNode(process.versions.node);
  requireFreshBuild(join(__dirname, ".."));
  const args = readConfig();
  await requireFreePorts(args);
  return new OllamaChatStack("chat", args).outputs();
}

export = program;
