import DOMPurify, { type Config } from "dompurify";
import MarkdownIt from "markdown-it";
import { useLayoutEffect, useRef } from "preact/hooks";

// Raw HTML stays text, and an image stays its Markdown: it would be fetched from wherever the text says.
const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true }).disable("image");

/** What Markdown without images and raw HTML makes. */
const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "a", "code", "pre", "blockquote"],
    ...["ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** A model's or a document's text as elements without scripts, images or forms, whatever it holds. */
export function rendered(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(text), ALLOWED);
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  // What is too wide can be scrolled with the keyboard, too.
  for (const wide of fragment.querySelectorAll<HTMLElement>("pre, table")) wide.tabIndex = 0;
  return fragment;
}

interface MarkdownProps {
  readonly text: string;
  /** Numbers in brackets up to this one become buttons. */
  readonly sources?: number;
  readonly onSource?: (number: number) => void;
}

/** Text that a model or a document holds, as sanitised Markdown. */
export function Markdown({ text, sources = 0, onSource }: MarkdownProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const fragment = rendered(text);
    if (onSource !== undefined) linkSources(fragment, sources, onSource);
    place.current?.replaceChildren(fragment);
  }, [text, sources]);
  return <div class="markdown" ref={place} />;
}

/** Makes buttons of the citations, `[1]`, except in code. */
function linkSources(fragment: DocumentFragment, sources: number, onSource: (number: number) => void): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts.filter((one) => one.parentElement?.closest("code, a") == null)) {
    const parts = text.data.split(/\[(\d{1,3})\]/);
    if (parts.length === 1) continue;
    text.replaceWith(
      ...parts.map((part, at) => {
        if (at % 2 === 0) return part;
        const number = Number(part);
        return number >= 1 && number <= sources ? sourceButton(number, onSource) : `[${part}]`;
      }),
    );
  }
}

function sourceButton(number: number, onSource: (number: number) => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cite";
  button.textContent = String(number);
  button.setAttribute("aria-label", `Source ${number}`);
  button.addEventListener("click", () => onSource(number));
  return button;
}
