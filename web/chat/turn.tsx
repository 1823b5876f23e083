import { useEffect, useRef, useState } from "preact/hooks";
import { Markdown } from "../markdown";
import { ProblemBox } from "../problem";
import { wordsIn } from "../words";
import { measuresLine } from "./measures-line";
import { Sources } from "./sources";
import { isRunning, type Turn } from "./turns";

interface TurnProps {
  readonly turn: Turn;
  /** The last one can be asked again. */
  readonly onRetry?: () => void;
}

/** One question and its answer. */
export function TurnView({ turn, onRetry }: TurnProps) {
  const { question, answer, state, thinking, remarks, sources, measures, problem } = turn;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const list = useRef<HTMLElement>(null);
  const open = (number: number) => {
    setOpened((before) => new Set(before).add(number));
    const source = list.current?.querySelectorAll("summary")[number - 1];
    source?.focus();
    source?.scrollIntoView({ block: "nearest" });
  };
  return (
    <li class="turn">
      <div class="question">
        <h3 class="unseen">You</h3>
        <p>{question}</p>
      </div>
      <div class="answer" aria-busy={isRunning(turn)}>
        <h3 class="unseen">Answer</h3>
        {thinking !== null && (
          <details>
            <summary>Thinking ({wordsIn(thinking)})</summary>
            <p class="thinking">{thinking}</p>
          </details>
        )}
        {state === "waiting" ? <Waiting /> : <Markdown text={answer} sources={sources.length} onSource={open} />}
        {state === "stopped" && <p class="remark">The answer was stopped here.</p>}
        {remarks.map((remark) => (
          <p class="remark" key={remark}>
            {remark}
          </p>
        ))}
        {state === "failed" && problem !== null && (
          <>
            {answer !== "" && <p class="remark">The answer broke off here.</p>}
            <ProblemBox problem={problem} onRetry={onRetry} />
          </>
        )}
        {sources.length > 0 && <Sources turn={turn} opened={opened} onOpened={setOpened} list={list} />}
        {!isRunning(turn) && (
          <div class="below">
            {measures !== null && <span class="measures">{measuresLine(measures)}</span>}
            {answer !== "" && <CopyButton text={answer} />}
            {onRetry && state !== "failed" && (
              <button type="button" class="quiet" onClick={onRetry}>
                Ask again
              </button>
            )}
          </div>
        )}
      </div>
    </li>
  );
}

/** Until the first word: how long it has taken, and after a while why it may. */
function Waiting() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="waiting">
      <span class="dots" aria-hidden="true" />
      <span>Waiting for the answer{seconds > 0 && ` · ${seconds} s`}</span>
      {seconds >= SLOW_SECONDS && <span class="hint">The model may still be loading, or is slow on this machine.</span>}
    </p>
  );
}

const SLOW_SECONDS = 8;

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  // Browsers offer the clipboard to pages of this machine, or over TLS.
  if (navigator.clipboard === undefined) return null;
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <button type="button" class="quiet" onClick={copy} onBlur={() => setCopied(false)}>
      {copied ? "Copied" : "Copy"}
    </button>
  );
}
