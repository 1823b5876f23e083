/** What a model wrote before its answer, apart from it. */
export interface Thought {
  /** Absent where there is none. */
  readonly thinking?: string;
  /** The answer; empty where the model did not come to one. */
  readonly text: string;
}

/** What models put around their thinking, unless their server takes it out: a tag, or marks of their own. */
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
/** Where the template has opened it, so that only its end is seen. */
const CLOSING = new RegExp(`(?:${anyOf(MARKS.map(([, closing]) => closing))})[ \\t]*(?:\\n|$)`, "i");

/** Takes the thinking out of an answer. Marks further down are what the answer is about, and stay. */
export function withoutThinking(answer: string): Thought {
  if (!OPENING.test(answer)) return opened(answer);
  const thoughts: string[] = [];
  let text = answer;
  // Some models think again before they answer.
  for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
    const inside = text.slice(opening[0].length);
    const end = closingOf(opening[1] ?? "").exec(inside);
    thoughts.push(inside.slice(0, end?.index).trim());
    text = end === null ? "" : inside.slice(end.index + end[0].length);
  }
  return told(thoughts.filter((thought) => thought !== "").join("\n\n"), text);
}

function opened(answer: string): Thought {
  const closing = CLOSING.exec(answer);
  if (closing === null) return { text: answer };
  const before = answer.slice(0, closing.index);
  if (OPENING_ANYWHERE.test(before)) return { text: answer };
  return told(before.trim(), answer.slice(closing.index + closing[0].length));
}

function told(thinking: string, text: string): Thought {
  return thinking === "" ? { text: text.trimStart() } : { thinking, text: text.trimStart() };
}

/** What ends a thinking, in whatever case: in a text made lower case, places are others than in the text itself. */
function closingOf(opening: string): RegExp {
  const [, closing] = MARKS.find(([mark]) => mark.toLowerCase() === opening.toLowerCase()) ?? [];
  return new RegExp(anyOf([closing ?? ""]), "i");
}

function anyOf(marks: readonly string[]): string {
  return marks.map((mark) => mark.replaceAll(/[[\]|]/g, "\\$&")).join("|");
}

/** Lets an answer through as it comes, and holds its thinking back. */
export class AnswerOnly {
  #held = "";
  #state: "before" | "thinking" | "answer" = "before";
  #hasThought = false;
  #end = OPENING;

  /** The part of the answer that a further piece brings; empty where it is thinking, or not known yet. */
  add(piece: string): string {
    if (this.#isAnswer) return piece;
    this.#held += piece;
    while (this.#moved());
    return this.#isAnswer ? this.#released() : "";
  }

  /** What was held back and turns out to be the answer, when nothing follows. */
  end(): string {
    return this.#state === "before" ? this.#released() : "";
  }

  get #isAnswer(): boolean {
    return this.#state === "answer";
  }

  /** Takes what is held one step further, if it tells enough. */
  #moved(): boolean {
    if (this.#state === "before") return this.#begun();
    if (this.#isAnswer) return false;
    const end = this.#end.exec(this.#held);
    if (end === null) return false;
    this.#held = this.#held.slice(end.index + end[0].length);
    this.#state = "before";
    return true;
  }

  #begun(): boolean {
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

  #released(): string {
    // What separates thinking and answer is no part of either.
    const text = this.#hasThought ? this.#held.trimStart() : this.#held;
    this.#state = "answer";
    this.#held = "";
    return text;
  }
}
