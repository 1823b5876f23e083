import type { RefObject } from "preact";
import { Markdown } from "../markdown";
import type { Turn } from "./turns";

interface SourcesProps {
  readonly turn: Turn;
  /** The numbers of those that are open. */
  readonly opened: ReadonlySet<number>;
  readonly onOpened: (opened: ReadonlySet<number>) => void;
  readonly list: RefObject<HTMLElement | null>;
}

/** The passages that the model was given, each to be opened. */
export function Sources({ turn, opened, onOpened, list }: SourcesProps) {
  const { id, sources, cited, state } = turn;
  const toggle = (number: number, isOpen: boolean) => {
    if (isOpen === opened.has(number)) return;
    const after = new Set(opened);
    if (isOpen) after.add(number);
    else after.delete(number);
    onOpened(after);
  };
  return (
    <section class="sources" ref={list} aria-labelledby={`sources-${id}`}>
      <h4 id={`sources-${id}`}>
        {state === "done" && cited.length === 0 ? "Passages that it was given, and cites none of" : "Sources"}
      </h4>
      <ol>
        {sources.map(({ source, title, text, similarity }, at) => {
          const number = at + 1;
          return (
            <li key={`${source} ${title} ${text}`}>
              <details open={opened.has(number)} onToggle={(event) => toggle(number, event.currentTarget.open)}>
                <summary class={cited.includes(number) ? "cited" : ""}>
                  <span class="number">{number}</span> {source} · {title}
                  {cited.includes(number) && <span class="unseen"> (cited)</span>}
                </summary>
                <Markdown text={text} />
                {similarity !== null && <p class="measures">Similarity to the question: {similarity.toFixed(2)}</p>}
              </details>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
