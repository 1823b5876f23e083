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

/** Text that a model or a document holds, as sanitised Markdown. */
export function Markdown({ text }: { text: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(rendered(text)), [text]);
  return <div class="markdown" ref={place} />;
}
