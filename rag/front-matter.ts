import { parse as parseToml } from "smol-toml";
import { isMap, isScalar, parseDocument } from "yaml";

/** A document's front matter, which publishing tools read, and the text after it. */
export interface FrontMatter {
  readonly title?: string;
  /** The source of the front matter, without the delimiters. */
  readonly matter?: string;
  /** The rest of the document. */
  readonly text: string;
}

/** As in Pandoc, `---` with a blank line after it is a horizontal rule. */
const YAML = /^---[ \t]*\n(?![ \t]*\n)([\s\S]*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|$)/;
const TOML = /^\+\+\+[ \t]*\n([\s\S]*?\n)??\+\+\+[ \t]*(?:\n|$)/;

/**
 * Splits off a document's front matter: a YAML mapping between two `---`, or a TOML table between two `+++`. Anything
 * else is text and stays.
 */
export function frontMatter(document: string): FrontMatter {
  const yaml = YAML.exec(document);
  const toml = yaml === null ? TOML.exec(document) : null;
  const fields = yaml !== null ? fieldsOfYaml(yaml[1] ?? "") : toml !== null ? fieldsOfToml(toml[1] ?? "") : undefined;
  if (fields === undefined) return { text: document };
  const { title } = fields;
  const text = document.slice((yaml ?? toml)?.[0].length);
  const told = typeof title === "string" || typeof title === "number" ? String(title).trim() : "";
  const matter = (yaml ?? toml)?.[1]?.trim() || undefined;
  return { ...(told === "" ? {} : { title: told }), ...(matter === undefined ? {} : { matter }), text };
}

function fieldsOfYaml(text: string): { readonly title?: unknown } | undefined {
  const parsed = parseDocument(text, { logLevel: "silent" });
  const { contents, errors } = parsed;
  // A link definition, `[a]: b`, is a mapping too, but its key is a list.
  if (errors.length > 0 || !isMap(contents) || !contents.items.every(({ key }) => isScalar(key))) return undefined;
  return { title: parsed.get("title") };
}

function fieldsOfToml(text: string): { readonly title?: unknown } | undefined {
  try {
    const fields = parseToml(text);
    // `[a]` alone is an empty table in TOML, but to a reader it is a word in brackets.
    return text.includes("=") ? fields : undefined;
  } catch {
    return undefined;
  }
}
