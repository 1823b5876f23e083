import { wordsLeftOut } from "../../../rag/content-words";
import { type FoundPassage, type Ranking, type Retrieval, type Retrieved, retrieve } from "../../../rag/retrieve";
import type { Access } from "../../access/access";
import type { CommonFlags } from "../../access/find-access";
import { CommandFailure, ExitCode } from "../../failure";
import type { Output } from "../../output";
import { givenText } from "../../read-text";
import type { Session } from "../../session";
import { harmless, harmlessName } from "../../terminal/harmless";
import { withWaiting } from "../../terminal/waiting";
import { wrapped } from "../../terminal/wrap";
import { type FoundIndex, findIndex } from "./find-index";

export interface SearchFlags extends CommonFlags {
  readonly top: number;
  readonly retrieval: Retrieval;
}

/** The passages found for a question, and where they were searched. */
export interface Search extends FoundIndex, Retrieved {
  readonly question: string;
  readonly access: Access;
}

/** `ollama-chat rag search`. */
export async function searchDocuments(session: Session, words: readonly string[], flags: SearchFlags): Promise<void> {
  const output = session.output(flags);
  const { question, passages, ranking } = await findPassages(session, words, flags);
  const json = { question, retrieval: flags.retrieval, rankedBy: ranking.by, passages: passages.map(passageJson) };
  output.result(json, () => {
    if (passages.length === 0) return "No passage shares a word with the question.";
    return withFolders(passages)
      .map((passage, at) => shownPassage(output, passage, at + 1))
      .join("\n\n");
  });
  printRanking(output, ranking);
}

/** Finds passages as the flags say. Shows progress. */
export async function findPassages(session: Session, words: readonly string[], flags: SearchFlags): Promise<Search> {
  const question = await givenText(words, session.io);
  if (question === undefined) {
    throw new CommandFailure(ExitCode.usage, {
      what: "There is no question.",
      cause: "Neither the command line nor standard input holds one.",
      fix: 'ollama-chat rag ask "What do the documents say about …?", or pipe the question in.',
    });
  }
  const output = session.output(flags);
  const access = await withWaiting(output, "looking for the servers", () => session.access(flags));
  const found = await findIndex(access);
  const { embeddingModelId } = access;
  const { top, retrieval } = flags;
  const options = { ...found, question, embeddingModelId, retrieval, top };
  const retrieved = await withWaiting(output, `searching ${found.index.name}`, () => retrieve(options));
  if (retrieval !== "dense") tellLeftOut(output, wordsLeftOut(question));
  return { ...found, ...retrieved, question, access };
}

function tellLeftOut(output: Output, words: number): void {
  if (words === 0) return;
  const other = "its meaning is compared as a whole";
  output.note(
    output.noteStyle("yellow", `The question is long: ${words} of its words are not searched for; ${other}.`),
  );
}

/** Notes below the result who ranked the passages. */
export function printRanking(output: Output, ranking: Ranking): void {
  const who =
    ranking.by === "cluster" ? "Searched by the cluster itself." : `Ranked by this command, since ${ranking.because}.`;
  output.note(output.noteStyle("dim", who));
}

/** A passage as JSON. Unknown values are null, never absent. */
export function passageJson({ root, source, title, position, text, score, similarity }: FoundPassage) {
  return { root: root ?? null, source, title, position, text, score, similarity: similarity ?? null };
}

/** Prefixes sources with their folder if the passages come from several: README.md alone would be ambiguous. */
export function withFolders(passages: readonly FoundPassage[]): readonly FoundPassage[] {
  if (new Set(passages.map(({ root }) => root)).size < 2) return passages;
  return passages.map((passage) => {
    const { root, source } = passage;
    return root === undefined ? passage : { ...passage, source: `${root}/${source}` };
  });
}

/** A passage as text: number, file, headings, similarity, text. */
export function shownPassage(output: Output, passage: FoundPassage, number: number): string {
  const { text, similarity } = passage;
  const nearness = similarity === undefined ? "" : output.style("dim", ` (similarity ${similarity.toFixed(2)})`);
  const indented = wrapped(harmless(text), output.columns === undefined ? undefined : output.columns - 4)
    .split("\n")
    .map((line) => `    ${line}`.trimEnd())
    .join("\n");
  return `${sourceLine(output, passage, number)}${nearness}\n${indented}`;
}

/** `[1] handbook/leave.md · Leave > Parental leave`. */
export function sourceLine(output: Output, { source, title }: FoundPassage, number: number): string {
  return `${output.style("cyan", `[${number}]`)} ${harmlessName(source)} · ${harmlessName(title)}`;
}
