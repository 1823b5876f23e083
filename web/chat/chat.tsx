import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { About } from "../protocol";
import { Composer } from "./composer";
import { TurnView } from "./turn";
import { isRunning } from "./turns";
import type { Conversation } from "./use-conversation";

const EXAMPLES = ["Why is the sky blue?", "Explain OpenSearch in two sentences.", "Write a haiku about the sea."];

interface ChatProps {
  readonly conversation: Conversation;
  readonly about: About | undefined;
  /** A question that is half typed stays while another part of the page is shown. */
  readonly hidden: boolean;
}

/** The conversation, and where the next question is typed. */
export function Chat({ conversation, about, hidden }: ChatProps) {
  const { turns, busy, ask, retry, stop, clear } = conversation;
  const last = turns.at(-1);
  const log = useRef<HTMLDivElement>(null);
  useFollowing(log, turns);
  return (
    <section class="chat" aria-labelledby="chat-title" hidden={hidden}>
      <h2 id="chat-title" class="unseen">
        Chat
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the arrow keys must reach it. */}
      <div class="log" ref={log} role="log" aria-label="Conversation" aria-busy={busy} tabIndex={0}>
        {turns.length === 0 ? (
          <div class="empty">
            <p class="large">Ask {about?.way?.title ?? "the model"}</p>
            <p>This page talks to your own servers only.</p>
            <ul>
              {EXAMPLES.map((example) => (
                <li key={example}>
                  <button type="button" onClick={() => ask(example, false)}>
                    {example}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ) : (
          <ol class="turns">
            {turns.map((turn) => (
              <TurnView key={turn.id} turn={turn} onRetry={turn === last && !isRunning(turn) ? retry : undefined} />
            ))}
          </ol>
        )}
      </div>
      <div class="foot">
        <p class="unseen" role="status">
          {busy ? "Answering" : last?.state === "done" ? "The answer is complete." : ""}
        </p>
        <Composer busy={busy} hasDocuments={about?.documents === true} onAsk={ask} onStop={stop} />
        <div class="under">
          <span>Enter sends, Shift+Enter begins a new line, Escape stops.</span>
          {turns.length > 0 && (
            <button type="button" class="quiet" onClick={clear}>
              New conversation
            </button>
          )}
        </div>
      </div>
    </section>
  );
}

/** Distance from the end at which the reader counts as being there, in pixels. */
const NEAR_END = 80;

/** Keeps the end in view while an answer grows, unless the reader has scrolled up. */
function useFollowing(log: { readonly current: HTMLDivElement | null }, turns: readonly unknown[]): void {
  const follows = useRef(true);
  useEffect(() => {
    const place = log.current;
    if (place === null) return;
    const onScroll = () => {
      follows.current = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_END;
    };
    const toEnd = () => {
      if (follows.current) place.scrollTop = place.scrollHeight;
    };
    place.addEventListener("scroll", onScroll);
    const watcher = new ResizeObserver(toEnd);
    watcher.observe(place);
    return () => {
      place.removeEventListener("scroll", onScroll);
      watcher.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    follows.current = true;
  }, [turns.length]);
  useLayoutEffect(() => {
    const place = log.current;
    if (place !== null && follows.current) place.scrollTop = place.scrollHeight;
  }, [turns]);
}
