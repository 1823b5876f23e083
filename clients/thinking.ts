/** A model's answer, with its thinking separated. */
export interface SplitAnswer {
  /** Absent if there is none. */
  readonly thinking?: string;
  /** The answer; empty if the model did not reach one. */
  readonly text: string;
}

/** Marks around a model's thinking, unless the server removes them: a tag, or the model's own. */
const MARKS: readonly (readonly [opening: string, closing: string])[] = [
  ...["think", "thinking", "thought", "reasoning", "seed:think"].map((name) => [`<${name}>`, `</${name}>`] as const),
  // Mistral's, Kimi's and Cohere's.
  ["[THINK]", "[/THINK]"],
  ["\u25c1think\u25b7", "\u25c1/think\u25b7"],
  ["<|START_THINKING|>", "<|END_THINKING|>"],
];
const OPENINGS = MARKS.map(([opening]) => opening.toLowerCase());
const OPENING = new RegExp(`^\\s*(${anyOf(MARKS.map(([opening]) => opening))})`, "i");
const OPENING_ANYWHERE = new RegExp(anyOf(OPENINGS), "i");
/** Used alone if the prompt template contains the opening mark, so that only the closing one appears. */
const CLOSING = new RegExp(`(?:${anyOf(MARKS.map(([, closing]) => closing))})[ \\t]*(?:\\n|$)`, "i");

/** Separates thinking and answer. Marks further down are part of the answer and stay. */
export function separateThinking(answer: string): SplitAnswer {
  if (!OPENING.test(answer)) return withoutUnopenedThinking(answer);
  const thoughts: string[] = [];
  let text = answer;
  // Some models think again before they answer.
  for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
    const inside = text.slice(opening[0].length);
    const end = closingOf(opening[1] ?? "").exec(inside);
    thoughts.push(inside.slice(0, end?.index).trim());
    text = end === null ? "" : inside.slice(end.index + end[0].length);
  }
  return thoughtOf(thoughts.filter((thought) => thought !== "").join("\n\n"), text);
}

function withoutUnopenedThinking(answer: string): SplitAnswer {
  const closing = CLOSING.exec(answer);
  if (closing === null) return { text: answer };
  const before = answer.slice(0, closing.index);
  if (OPENING_ANYWHERE.test(before)) return { text: answer };
  return thoughtOf(before.trim(), answer.slice(closing.index + closing[0].length));
}

function thoughtOf(thinking: string, text: string): SplitAnswer {
  return thinking === "" ? { text: text.trimStart() } : { thinking, text: text.trimStart() };
}

/** The closing mark, ignoring case. A regex, because `toLowerCase` may change the length of the text. */
function closingOf(opening: string): RegExp {
  const [, closing] = MARKS.find(([mark]) => mark.toLowerCase() === opening.toLowerCase()) ?? [];
  return new RegExp(anyOf([closing ?? ""]), "i");
}

function anyOf(marks: readonly string[]): string {
  return marks.map((mark) => mark.replaceAll(/[[\]|]/g, "\\$&")).join("|");
}

/** Passes a streamed answer through and holds back the thinking. */
export class AnswerOnly {
  #held = "";
  #state: "before" | "thinking" | "answer" = "before";
  #hasThought = false;
  #end = OPENING;

  /** Adds a piece, and returns the part of the answer that is now certain; empty for thinking. */
  add(piece: string): string {
    if (this.#isAnswer) return piece;
    this.#held += piece;
    while (this.#advance());
    return this.#isAnswer ? this.#release() : "";
  }

  /** Ends the stream, and returns held-back text that turned out to be the answer. */
  end(): string {
    return this.#state === "before" ? this.#release() : "";
  }

  get #isAnswer(): boolean {
    return this.#state === "answer";
  }

  /** Moves to the next state if the held text is enough to decide. */
  #advance(): boolean {
    if (this.#state === "before") return this.#begin();
    if (this.#isAnswer) return false;
    const end = this.#end.exec(this.#held);
    if (end === null) return false;
    this.#held = this.#held.slice(end.index + end[0].length);
    this.#state = "before";
    return true;
  }

  #begin(): boolean {
    const opening = OPENING.exec(this.#held);
    if (opening !== null) {
      this.#end = closingOf(opening[1] ?? "");
      this.#held = this.#held.slice(opening[0].length);
      this.#hasThought = true;
      this.#state = "thinking";
      return true;
    }
    const begun = this.#held.trimStart().toLowerCase();
    if (OPENINGS.some((mark) => mark.startsWith(begun))) return false;
    this.#state = "answer";
    return true;
  }

  #release(): string {
    // Whitespace between thinking and answer belongs to neither.
    const text = this.#hasThought ? this.#held.trimStart() : this.#held;
    this.#state = "answer";
    this.#held = "";
    return text;
  }
}
