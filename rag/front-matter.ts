import { parse as parseToml } from "smol-toml";
import { isMap, isScalar, parseDocument } from "yaml";

/** What stands before a document's text, for the tools that publish it. */
export interface FrontMatter {
  readonly title?: string;
  /** Its source, without the marks. */
  readonly matter?: string;
  /** The document after it. */
  readonly text: string;
}

/** Pandoc's rule: after a line of `---`, a blank line says that it is a rule drawn across the page. */
const YAML = /^---[ \t]*\n(?![ \t]*\n)([\s\S]*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|$)/;
const TOML = /^\+\+\+[ \t]*\n([\s\S]*?\n)??\+\+\+[ \t]*(?:\n|$)/;

/**
 * Takes the front matter off a document. It is some only between two marks, and where what they enclose is a mapping in
 * YAML (`---`) or in TOML (`+++`); anything else is text, and stays.
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
  // A link's definition, `[a]: b`, is a mapping too, and its key a list.
  if (errors.length > 0 || !isMap(contents) || !contents.items.every(({ key }) => isScalar(key))) return undefined;
  return { title: parsed.get("title") };
}

function fieldsOfToml(text: string): { readonly title?: unknown } | undefined {
  try {
    const fields = parseToml(text);
    // Nothing but `[a]` is a table without values in TOML, and a word in brackets for a reader.
    return text.includes("=") ? fields : undefined;
  } catch {
    return undefined;
  }
}
