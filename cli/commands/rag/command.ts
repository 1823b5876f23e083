import { type Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_RETRIEVAL, RETRIEVALS } from "../../../rag/retrieve";
import { type CommonFlags, withAccessOptions } from "../../access/find-access";
import { secondsFlag } from "../../answering/answer-options";
import type { Session } from "../../session";
import { type AskFlags, askDocuments } from "./ask";
import { type IngestFlags, ingestFolder } from "./ingest";
import { type SearchFlags, searchDocuments } from "./search";
import { showStatus } from "./status";

/** Adds the command `rag`. */
export function registerRag(program: Command, session: Session): void {
  const rag = program.command("rag").description("Ask your own documents: ingest a folder, search it, ask it.");
  registerIngest(rag, session);
  registerAsk(rag, session);
  registerSearch(rag, session);
  registerStatus(rag, session);
}

function registerIngest(rag: Command, session: Session): void {
  const command = rag
    .command("ingest")
    .description(
      "Write the documents of a folder (.md, .markdown, .txt) to the index. Run again, it writes only what changed.",
    )
    .argument("<folder>", "folder with documents; includes its subfolders")
    .optionsGroup("Ingesting:")
    .addOption(new Option("--keep", "keep documents in the index that are not in this folder").conflicts("replace"))
    .option("--replace", "remove them all, including those from other folders")
    .option("--as <name>", "name of the folder in the index (default: its path)", notBlank)
    .option("--batch-size <n>", "passages to embed at a time", wholeNumber, 16);
  withAccessOptions(command).action(async (folder: string, flags: IngestFlags) => {
    await ingestFolder(session, folder, flags);
  });
}

function registerAsk(rag: Command, session: Session): void {
  const command = rag
    .command("ask")
    .description("Answer a question from the documents, and show the passages that support the answer.")
    .argument("[question...]", "the question; - or nothing reads it from standard input");
  withFindingOptions(command)
    .option("--show-passages", "print the passages that were sent to the model")
    .option("--direct", "ask Ollama directly instead of OpenSearch")
    .option("--timeout-seconds <n>", "time limit for the answer", secondsFlag, 300);
  withAccessOptions(command).action(async (words: string[], flags: AskFlags) => {
    await askDocuments(session, words, flags);
  });
}

function registerSearch(rag: Command, session: Session): void {
  const command = rag
    .command("search")
    .description("Show the passages that fit a question best, without asking a chat model.")
    .argument("[question...]", "the question; - or nothing reads it from standard input");
  withAccessOptions(withFindingOptions(command)).action(async (words: string[], flags: SearchFlags) => {
    await searchDocuments(session, words, flags);
  });
}

function registerStatus(rag: Command, session: Session): void {
  const command = rag.command("status").description("Show what the index holds and how it is searched.");
  withAccessOptions(command).action(async (flags: CommonFlags) => {
    await showStatus(session, flags);
  });
}

function withFindingOptions(command: Command): Command {
  return command
    .optionsGroup("Finding:")
    .option("--top <n>", "how many passages", wholeNumber, 3)
    .addOption(
      new Option("--retrieval <way>", "by words (bm25), by meaning (dense), or both")
        .choices(RETRIEVALS)
        .default(DEFAULT_RETRIEVAL),
    );
}

function notBlank(text: string): string {
  if (text.trim() !== "") return text.trim();
  throw new InvalidArgumentError("It must not be blank.");
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
}
