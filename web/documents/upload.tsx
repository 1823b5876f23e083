import { useState } from "preact/hooks";
import { eventsOf, lost, problemOf } from "../backend";
import { ProblemBox } from "../problem";
import { type IngestEvent, ingestEventSchema, MAX_UPLOAD_BYTES, type Problem } from "../protocol";
import { counted } from "../words";
import { type ChosenFile, droppedFiles, filesOf } from "./dropped-files";

type State =
  | { readonly is: "idle" }
  | { readonly is: "sending"; readonly files: number }
  | { readonly is: "ingesting"; readonly at: Extract<IngestEvent, { type: "progress" }> }
  | { readonly is: "done"; readonly report: Extract<IngestEvent, { type: "done" }> }
  | { readonly is: "failed"; readonly problem: Problem };

/** Where documents are chosen or dropped, and how far they have come. */
export function Upload({ onDone }: { onDone: () => void }) {
  const [state, setState] = useState<State>({ is: "idle" });
  const [over, setOver] = useState(false);
  const busy = state.is === "sending" || state.is === "ingesting";

  const send = async (files: readonly ChosenFile[]) => {
    if (files.length === 0 || busy) return;
    const problem = tooLarge(files);
    if (problem !== undefined) return setState({ is: "failed", problem });
    setState({ is: "sending", files: files.length });
    try {
      const form = new FormData();
      for (const { path, file } of files) form.append("file", file, path);
      for await (const event of eventsOf("/api/documents", { method: "POST", body: form }, ingestEventSchema)) {
        if (event.type === "progress") setState({ is: "ingesting", at: event });
        else if (event.type === "failed") return setState({ is: "failed", problem: event.problem });
        else {
          setState({ is: "done", report: event });
          return onDone();
        }
      }
      throw lost();
    } catch (error) {
      setState({ is: "failed", problem: problemOf(error) });
    }
  };
  const choose = (event: Event & { readonly currentTarget: HTMLInputElement }) => {
    const field = event.currentTarget;
    void send(filesOf(field.files)).finally(() => {
      // So that the same file can be chosen again.
      field.value = "";
    });
  };

  return (
    <section
      aria-label="Add documents"
      class={over ? "upload over" : "upload"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(send);
      }}
    >
      <p>Markdown and text files. Drop files or folders here, or choose them:</p>
      <div class="choices">
        <label>
          <span>Files</span>
          <input type="file" multiple accept=".md,.markdown,.txt" disabled={busy} onChange={choose} />
        </label>
        <label>
          <span>A folder</span>
          <input type="file" {...{ webkitdirectory: true }} disabled={busy} onChange={choose} />
        </label>
      </div>
      <div role="status">
        <Told state={state} />
      </div>
      {state.is === "failed" && <ProblemBox problem={state.problem} />}
    </section>
  );
}

function Told({ state }: { state: State }) {
  switch (state.is) {
    case "sending":
      return (
        <p>
          <progress aria-label="Sending" /> Sending {counted(state.files, "file")}
        </p>
      );
    case "ingesting": {
      const { done, total, source } = state.at;
      return (
        <p>
          <progress aria-label="Passages" value={done} max={total} /> {done} of {counted(total, "passage")} · {source}
        </p>
      );
    }
    case "done": {
      const { files, unchanged, written, refused } = state.report;
      return (
        <>
          <p>
            {counted(files, "file")} taken ({unchanged} unchanged), {counted(written, "passage")} written.
          </p>
          {refused.length > 0 && (
            <ul class="remark">
              {refused.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
        </>
      );
    }
    default:
      return null;
  }
}

function tooLarge(files: readonly ChosenFile[]): Problem | undefined {
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes <= MAX_UPLOAD_BYTES) return undefined;
  const [size, limit] = [bytes, MAX_UPLOAD_BYTES].map((one) => Math.ceil(one / 2 ** 20));
  return {
    what: `The files have ${size} MiB together, more than ${limit}.`,
    cause: "The server keeps an upload in memory, so its size is bounded.",
    fix: "Choose fewer files at a time; for whole folders there is ollama-chat rag ingest.",
  };
}
