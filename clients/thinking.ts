/** What a model wrote before its answer, apart from it. */
export interface Thought {
  /** Absent where there is none. */
  readonly thinking?: string;
  /** The answer; empty where the model did not come to one. */
  readonly text: string;
}

/** What models put around their thinking, unless their server takes it out. */
const NAMES = ["think", "thinking", "thought", "reasoning"];
const OPENING = new RegExp(`^\\s*<(${NAMES.join("|")})>`, "i");
/** Where the template has opened it, so that only its end is seen. */
const CLOSING = new RegExp(`</(?:${NAMES.join("|")})>[ \\t]*(?:\\n|$)`, "i");

/** Takes the thinking out of an answer. Tags further down are what the answer is about, and stay. */
export function withoutThinking(answer: string): Thought {
  const opening = OPENING.exec(answer);
  if (opening === null) return opened(answer);
  const inside = answer.slice(opening[0].length);
  const end = closingOf(opening[1] ?? "");
  const at = inside.toLowerCase().indexOf(end);
  if (at < 0) return told(inside, "");
  return told(inside.slice(0, at), inside.slice(at + end.length));
}

function opened(answer: string): Thought {
  const closing = CLOSING.exec(answer);
  if (closing === null) return { text: answer };
  const before = answer.slice(0, closing.index);
  const isAbout = NAMES.some((name) => before.toLowerCase().includes(`<${name}>`));
  return isAbout ? { text: answer } : told(before, answer.slice(closing.index + closing[0].length));
}

function told(thinking: string, text: string): Thought {
  const trimmed = thinking.trim();
  return trimmed === "" ? { text: text.trimStart() } : { thinking: trimmed, text: text.trimStart() };
}

function closingOf(name: string): string {
  return `</${name.toLowerCase()}>`;
}

/** Lets an answer through as it comes, and holds its thinking back. */
export class AnswerOnly {
  #held = "";
  #state: "unknown" | "thinking" | "after" | "answer" = "unknown";
  #end = "";

  /** The part of the answer that a further piece brings; empty where it is thinking, or not known yet. */
  add(piece: string): string {
    if (this.#state === "answer") return piece;
    this.#held += piece;
    if (this.#state === "unknown") this.#look();
    if (this.#state === "thinking") this.#lookForEnd();
    return this.#let();
  }

  /** What was held back and turns out to be the answer, when nothing follows. */
  end(): string {
    return this.#state === "unknown" ? this.#release(this.#held) : "";
  }

  #let(): string {
    if (this.#state === "answer") return this.#release(this.#held);
    // What separates thinking and answer is no part of either.
    const begun = this.#state === "after" ? this.#held.trimStart() : "";
    return begun === "" ? "" : this.#release(begun);
  }

  #look(): void {
    const opening = OPENING.exec(this.#held);
    if (opening !== null) {
      this.#end = closingOf(opening[1] ?? "");
      this.#held = this.#held.slice(opening[0].length);
      this.#state = "thinking";
      return;
    }
    const begun = this.#held.trimStart().toLowerCase();
    if (!NAMES.some((name) => `<${name}>`.startsWith(begun))) this.#state = "answer";
  }

  #lookForEnd(): void {
    const at = this.#held.toLowerCase().indexOf(this.#end);
    if (at < 0) return;
    this.#held = this.#held.slice(at + this.#end.length);
    this.#state = "after";
  }

  #release(text: string): string {
    this.#state = "answer";
    this.#held = "";
    return text;
  }
}
