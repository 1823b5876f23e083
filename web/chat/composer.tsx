import { useEffect, useRef, useState } from "preact/hooks";

/** Whether answers come from the documents, kept for this tab. */
const KEY = "ollama-chat.from-documents";

interface ComposerProps {
  readonly busy: boolean;
  /** Whether there are documents to answer from. */
  readonly hasDocuments: boolean;
  readonly onAsk: (question: string, fromDocuments: boolean) => void;
  readonly onStop: () => void;
}

/** Where a question is typed. Enter sends it, Shift+Enter begins a line, Escape stops the answer. */
export function Composer({ busy, hasDocuments, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const [fromDocuments, setFromDocuments] = useState(() => sessionStorage.getItem(KEY) === "yes");
  const field = useRef<HTMLTextAreaElement>(null);
  // At first, and when the button that had the focus is gone: Stop, Try again.
  useEffect(() => {
    if (document.activeElement === document.body) field.current?.focus();
  }, [busy]);
  const send = () => {
    const question = text.trim();
    if (question === "" || busy) return;
    setText("");
    onAsk(question, hasDocuments && fromDocuments);
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
      {hasDocuments && (
        <label class="choice">
          <input
            type="checkbox"
            checked={fromDocuments}
            onChange={({ currentTarget: { checked } }) => {
              setFromDocuments(checked);
              sessionStorage.setItem(KEY, checked ? "yes" : "no");
            }}
          />
          Answer from the documents
        </label>
      )}
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
