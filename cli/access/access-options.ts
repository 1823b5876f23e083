import type { Command } from "commander";
import type { AccessFlags } from "./find-access";

/** Flags that every command has: where the servers are, and `--json`. */
export interface CommonFlags extends AccessFlags {
  readonly json?: boolean;
}

/** Adds the common flags to a command, in a help group of their own. */
export function withAccessOptions(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--json", "print one JSON document")
    .optionsGroup("Where the servers are (default: the selected stack's outputs):")
    .option("-s, --stack <name>", "Pulumi stack to read")
    .option("-C, --cwd <folder>", "folder of the Pulumi project")
    .option("--opensearch <url>", "OpenSearch, instead of the stack's")
    .option("--username <name>", "its user")
    .option("--password-env <variable>", "variable that holds the password (OLLAMA_CHAT_OPENSEARCH_PASSWORD)")
    .option("--ca-file <path>", "PEM of the authority that signed its certificate")
    .option("--skip-tls-verify", "accept any certificate")
    .option("--ollama <url>", "Ollama, instead of the stack's")
    .option("--model-id <id>", "deployed model on OpenSearch")
    .option("--api <name>", "what that model takes: generate, chat or openai")
    .option("--model <name>", "one of the stack's models by its alias, or a name in Ollama")
    .option("--rag-index <name>", "index of documents")
    .option("--embedding-model-id <id>", "deployed embedding model on OpenSearch");
}
