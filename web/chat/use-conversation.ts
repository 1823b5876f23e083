import { useEffect, useReducer, useRef } from "preact/hooks";
import { eventsOf, lost, posted, problemOf } from "../backend";
import { type ChatRequest, chatEventSchema } from "../protocol";
import { afterAction, isRunning, keepTurns, keptTurns, newTurn, type Turn } from "./turns";

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly busy: boolean;
  ask(question: string, fromDocuments: boolean): void;
  /** Asks the last question again, without its answer. */
  retry(): void;
  stop(): void;
  clear(): void;
}

/** The conversation of this tab. */
export function useConversation(): Conversation {
  const [turns, dispatch] = useReducer(afterAction, undefined, keptTurns);
  const stopper = useRef<AbortController | undefined>(undefined);
  const latest = useRef(turns);
  latest.current = turns;
  const last = turns.at(-1);
  // Not for each word: what has come by then is kept when the page goes.
  useEffect(() => keepTurns(turns), [turns.length, last?.state]);
  useEffect(() => {
    const keep = () => keepTurns(latest.current);
    addEventListener("pagehide", keep);
    return () => removeEventListener("pagehide", keep);
  }, []);

  const answer = async (turn: Turn, before: readonly Turn[]) => {
    const stop = new AbortController();
    stopper.current = stop;
    dispatch({ type: "asked", turn });
    const { id, question, fromDocuments } = turn;
    const change = (changed: Partial<Turn>) => dispatch({ type: "changed", id, change: changed });
    const words = batched((text) => dispatch({ type: "came", id, text }));
    try {
      const request: ChatRequest = { question, turns: before.filter(wasAnswered).map(sent), fromDocuments };
      for await (const event of eventsOf("/api/chat", posted(request, stop.signal), chatEventSchema)) {
        if (event.type === "text") words.add(event.text);
        else words.flush();
        if (event.type === "sources") change({ sources: event.sources });
        if (event.type === "failed") return change({ state: "failed", problem: event.problem });
        if (event.type !== "done") continue;
        const { text, thinking, remarks, cited, measures } = event;
        return change({ state: "done", answer: text, thinking, remarks, cited, measures });
      }
      throw lost();
    } catch (error) {
      words.flush();
      change(stop.signal.aborted ? { state: "stopped" } : { state: "failed", problem: problemOf(error) });
    }
  };

  return {
    turns,
    busy: last !== undefined && isRunning(last),
    ask: (question, fromDocuments) => void answer(newTurn(question, fromDocuments), turns),
    retry: () => {
      if (last === undefined) return;
      dispatch({ type: "removed", id: last.id });
      void answer(newTurn(last.question, last.fromDocuments), turns.slice(0, -1));
    },
    stop: () => stopper.current?.abort(),
    clear: () => {
      stopper.current?.abort();
      dispatch({ type: "cleared" });
    },
  };
}

function wasAnswered({ answer, state }: Turn): boolean {
  return answer.trim() !== "" && (state === "done" || state === "stopped");
}

function sent({ question, answer }: Turn): ChatRequest["turns"][number] {
  return { question, answer };
}

/** Hands on what came at most once per frame: a fast model writes more often than a screen shows. */
function batched(handOn: (text: string) => void) {
  let text = "";
  let frame: number | undefined;
  const flush = () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    if (text !== "") handOn(text);
    text = "";
  };
  return {
    add: (more: string) => {
      text += more;
      frame ??= requestAnimationFrame(flush);
    },
    flush,
  };
}
