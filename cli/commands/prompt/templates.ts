/** A prompt with `{name}` where a value goes. */
export interface PromptTemplate {
  readonly name: string;
  readonly template: string;
  readonly purpose: string;
}

export const TEMPLATES: readonly PromptTemplate[] = [
  { name: "qa", template: "Question: {query}\nAnswer: ", purpose: "answer a question" },
  { name: "summarize", template: "Summarize this: {text}\n\nSummary: ", purpose: "summarize a text" },
  { name: "classify", template: "Classify this: {text}\n\nCategory: ", purpose: "put a text into a category" },
];

/** Placeholders that the command's text fills. */
export const TEXT_PLACEHOLDERS: readonly string[] = ["query", "text"];

/** `{name}`, or doubled braces around a name, which stand for single ones. Other braces mean nothing. */
const PLACEHOLDER = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** Names of a template's placeholders, each once, in their order. */
export function placeholdersOf(template: string): string[] {
  const names = [...template.matchAll(PLACEHOLDER)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
  return [...new Set(names)];
}

/** The template with its values. Values go in once, as they are: braces in them mean nothing. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(PLACEHOLDER, (whole, literal: string | undefined, name: string | undefined) => {
    if (name === undefined) return `{${literal}}`;
    return values[name] ?? whole;
  });
}
