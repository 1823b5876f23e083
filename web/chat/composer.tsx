import { useEffect, useRef, useState } from "preact/hooks";

interface ComposerProps {
  readonly busy: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
}

/** Where a question is typed. Enter sends it, Shift+Enter begins a line, Escape stops the answer. */
export function Composer({ busy, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = () => {
    const question = text.trim();
    if (question === "" || busy) return;
    setText("");
    onAsk(question);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && busy) onStop();
    // An input method uses Enter to choose a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="unseen" for="question">
        Your question
      </label>
      <textarea
        id="question"
        ref={field}
        rows={1}
        placeholder="Ask something"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {busy ? (
        <button type="button" onClick={onStop}>
          Stop
        </button>
      ) : (
        <button type="submit" class="main" disabled={text.trim() === ""}>
          Send
        </button>
      )}
    </form>
  );
}
